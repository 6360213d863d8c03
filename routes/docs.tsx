import { page } from "fresh";
import { asset, Head } from "fresh/runtime";
import { type ApiReference, readApiReference } from "./(_docs)/api_reference.ts";
import { Operation, Schema, schemaAnchor } from "./(_docs)/Operation.tsx";
import { define } from "./page_state.ts";

/** The document is one for as long as the process lives. */
const read = new WeakMap<object, ApiReference>();

export const handler = define.handlers({
  GET(ctx) {
    const document = ctx.state.apiDocument();
    const reference = read.get(document) ?? readApiReference(document);
    read.set(document, reference);
    return page(reference);
  },
});

/** The API's reference: every operation on one page, so that the browser's own search finds it. */
export default define.page<typeof handler>(function Docs({ data: reference, url }) {
  const { title, version, description, tags, schemas } = reference;
  return (
    <>
      <Head>
        <title>API docs · Tokenlysis</title>
        <link rel="stylesheet" href={asset("/styles/docs.css")} />
      </Head>
      <header class="page-head">
        <div>
          <h1>{title}</h1>
          <p class="asof">
            <span>Version {version}</span>
            <span>{tags.reduce((sum, tag) => sum + tag.operations.length, 0)} operations</span>
            <span>{schemas.length} schemas</span>
          </p>
        </div>
        <div class="scope">
          <a class="btn" href="/openapi.json">OpenAPI 3.1 as JSON</a>
        </div>
      </header>
      {description === "" ? null : <p class="lede mb-3">{description}</p>}
      <div class="docs">
        <Contents reference={reference} />
        <div class="stack">
          {tags.map((tag) => (
            <section key={tag.name} class="stack" id={`tag-${tag.name}`}>
              <div>
                <h2 class="docs-tag">{tag.name}</h2>
                {tag.description === "" ? null : <p class="lede">{tag.description}</p>}
              </div>
              {tag.operations.map((operation) => (
                <Operation key={operation.id} operation={operation} origin={url.origin} />
              ))}
            </section>
          ))}
          <section class="stack" id="schemas">
            <h2 class="docs-tag">Schemas</h2>
            {schemas.map((schema) => <Schema key={schema.name} schema={schema} />)}
          </section>
        </div>
      </div>
    </>
  );
});

function Contents({ reference: { tags, schemas } }: { readonly reference: ApiReference }) {
  return (
    <nav class="docs-contents" aria-label="Contents">
      {tags.map((tag) => (
        <div key={tag.name}>
          <h2>{tag.name}</h2>
          <ul class="plain">
            {tag.operations.map(({ id, method, path }) => (
              <li key={id}>
                <a href={`#${id}`}>
                  <small>{method}</small> {path}
                </a>
              </li>
            ))}
          </ul>
        </div>
      ))}
      <div>
        <h2>Schemas</h2>
        <ul class="plain">
          {schemas.map(({ name }) => (
            <li key={name}>
              <a href={`#${schemaAnchor(name)}`}>{name}</a>
            </li>
          ))}
        </ul>
      </div>
    </nav>
  );
}
