import type { ComponentChildren } from "preact";
import type { ApiOperation, ApiParameter, ApiResponse, ApiSchema } from "./api_reference.ts";
import type { ApiType, SchemaField } from "./api_schema.ts";

/** The anchor of a schema on the page. */
export function schemaAnchor(name: string): string {
  return `schema-${name}`;
}

/** A type in words; what it names is a link. */
function TypeText({ type }: { readonly type: ApiType }) {
  return (
    <code>
      {type.map(({ text, schema }, at) =>
        schema === null ? text : <a key={at} href={`#${schemaAnchor(schema)}`}>{text}</a>
      )}
    </code>
  );
}

/** One operation: what it does, what it takes, what it answers, and a line to try it with. */
export function Operation({ operation, origin }: {
  readonly operation: ApiOperation;
  readonly origin: string;
}) {
  const { id, method, path, summary, description, parameters, body, responses } = operation;
  return (
    <section class="panel operation" id={id} aria-labelledby={`${id}-title`}>
      <div class="panel-head">
        <h3 id={`${id}-title`}>
          <a href={`#${id}`}>
            <span class="badge">{method}</span> <code>{path}</code>
          </a>
        </h3>
        <span class="note">{summary}</span>
      </div>
      {description === "" ? null : <p class="lede">{description}</p>}
      <pre class="code copyable">{curlLine({ origin, operation })}</pre>
      {parameters.length === 0 ? null : <Parameters parameters={parameters} label={path} />}
      {body === null ? null : (
        <p class="mt-2">
          Body: <TypeText type={body} />
        </p>
      )}
      <Responses responses={responses} label={path} />
    </section>
  );
}

function curlLine({ origin, operation }: {
  readonly origin: string;
  readonly operation: ApiOperation;
}): string {
  const method = operation.method === "GET" ? "" : `-X ${operation.method} `;
  return `curl -s ${method}'${origin}${operation.examplePath}'`;
}

function Parameters({ parameters, label }: {
  readonly parameters: readonly ApiParameter[];
  readonly label: string;
}) {
  return (
    <Reference caption={`Parameters of ${label}`} columns={["Parameter", "Type", "Meaning"]}>
      {parameters.map(({ name, place, isRequired, type, description }) => (
        <tr key={`${place}-${name}`}>
          <th scope="row">
            <code>{name}</code>{" "}
            <small class="muted">{isRequired ? `${place}, required` : place}</small>
          </th>
          <td>
            <TypeText type={type} />
          </td>
          <td>{description}</td>
        </tr>
      ))}
    </Reference>
  );
}

function Responses({ responses, label }: {
  readonly responses: readonly ApiResponse[];
  readonly label: string;
}) {
  return (
    <Reference caption={`Answers of ${label}`} columns={["Answer", "Body", "Meaning"]}>
      {responses.map(({ status, description, bodies }) => (
        <tr key={status}>
          <th scope="row">
            <code>{status}</code>
          </th>
          <td>
            {bodies.length === 0
              ? "empty"
              : bodies.map(({ mediaType, type }) => (
                <div key={mediaType}>
                  <TypeText type={type} /> <small class="muted">{mediaType}</small>
                </div>
              ))}
          </td>
          <td>{description}</td>
        </tr>
      ))}
    </Reference>
  );
}

/** A named schema with its fields. */
export function Schema({ schema }: { readonly schema: ApiSchema }) {
  const id = schemaAnchor(schema.name);
  return (
    <section class="panel operation" id={id} aria-labelledby={`${id}-title`}>
      <div class="panel-head">
        <h3 id={`${id}-title`}>
          <a href={`#${id}`}>
            <code>{schema.name}</code>
          </a>
        </h3>
        <span class="note">
          <TypeText type={schema.type} />
        </span>
      </div>
      {schema.description === "" ? null : <p class="lede">{schema.description}</p>}
      {schema.fields.length === 0 ? null : <Fields fields={schema.fields} label={schema.name} />}
    </section>
  );
}

function Fields({ fields, label }: {
  readonly fields: readonly SchemaField[];
  readonly label: string;
}) {
  return (
    <Reference caption={`Fields of ${label}`} columns={["Field", "Type", "Meaning"]}>
      {fields.map(({ name, isRequired, type, description }) => (
        <tr key={name}>
          <th scope="row">
            <code>{name}</code> {isRequired ? null : <small class="muted">optional</small>}
          </th>
          <td>
            <TypeText type={type} />
          </td>
          <td>{description}</td>
        </tr>
      ))}
    </Reference>
  );
}

function Reference({ caption, columns, children }: {
  readonly caption: string;
  readonly columns: readonly string[];
  readonly children: ComponentChildren;
}) {
  return (
    <table class="table reference">
      <caption class="sr">{caption}</caption>
      <thead>
        <tr>{columns.map((column) => <th key={column} scope="col">{column}</th>)}</tr>
      </thead>
      <tbody>{children}</tbody>
    </table>
  );
}
