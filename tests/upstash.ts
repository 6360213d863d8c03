import { type RedisServer, startRedis } from "./redis.ts";
import { RespConnection, RespError, type RespValue } from "./resp.ts";

const decoder = new TextDecoder();

/** A Redis server behind the REST protocol that Upstash speaks. */
export interface UpstashServer extends AsyncDisposable {
  readonly url: string;
  readonly token: string;
  /** The server behind it, to be killed and restarted. */
  readonly redis: RedisServer;
  /** HTTP requests answered so far. */
  requests(): number;
}

type Json = null | number | string | { readonly [name: string]: Json } | readonly Json[];
type Encode = (value: RespValue) => Json;

/** Starts a real redis-server and the protocol in front of it, both on free ports. */
export async function startUpstash(): Promise<UpstashServer> {
  const redis = await startRedis();
  const token = crypto.randomUUID();
  const connections = new RedisConnection(redis);
  let requests = 0;
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    requests++;
    if (request.headers.get("authorization") !== `Bearer ${token}`) {
      return Response.json({ error: "Unauthorized" }, { status: 401 });
    }
    try {
      return await answer(request, await connections.get());
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      return Response.json({ error: message }, { status: 503 });
    }
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    token,
    redis,
    requests: () => requests,
    async [Symbol.asyncDispose]() {
      await server.shutdown();
      await connections.close();
      await redis[Symbol.asyncDispose]();
    },
  };
}

/** One connection for all requests, opened again when the server came back. */
class RedisConnection {
  readonly #redis: RedisServer;
  #opening: Promise<RespConnection> | null = null;

  constructor(redis: RedisServer) {
    this.#redis = redis;
  }

  async get(): Promise<RespConnection> {
    const opening = this.#opening;
    const current = await opening?.catch(() => null);
    if (current?.isOpen) return current;
    // Another request may have begun to connect meanwhile.
    const next = this.#opening === opening ? null : this.#opening;
    this.#opening = next ?? RespConnection.open(this.#redis);
    return await this.#opening;
  }

  async close(): Promise<void> {
    const current = await this.#opening?.catch(() => null);
    await current?.close();
  }
}

async function answer(request: Request, redis: RespConnection): Promise<Response> {
  const isBase64 = request.headers.get("upstash-encoding") === "base64";
  const encode = isBase64 ? inBase64 : asText;
  const body: unknown = await request.json();
  switch (new URL(request.url).pathname) {
    case "/":
      return single(await redis.send(commandOf(body)), encode);
    case "/pipeline": {
      // Sent in one go; each command stands for itself.
      const replies = await Promise.all(commandsOf(body).map((command) => redis.send(command)));
      return Response.json(replies.map((reply) => wrapped(reply, encode)));
    }
    case "/multi-exec":
      return transaction(await exec(redis, commandsOf(body)), encode);
    default:
      return Response.json({ error: "Unknown path" }, { status: 404 });
  }
}

function single(reply: RespValue, encode: Encode): Response {
  return Response.json(wrapped(reply, encode), { status: reply instanceof RespError ? 400 : 200 });
}

function transaction(reply: RespValue, encode: Encode): Response {
  if (reply instanceof RespError) return single(reply, encode);
  const replies = Array.isArray(reply) ? reply : [];
  return Response.json(replies.map((each) => wrapped(each, encode)));
}

async function exec(
  redis: RespConnection,
  commands: readonly (readonly string[])[],
): Promise<RespValue> {
  // Written without a pause between them, so that no other request comes in between.
  const sent = [["MULTI"], ...commands, ["EXEC"]].map((command) => redis.send(command));
  return (await Promise.all(sent)).at(-1) ?? null;
}

function wrapped(reply: RespValue, encode: Encode): Json {
  return reply instanceof RespError ? { error: reply.message } : { result: encode(reply) };
}

function asText(value: RespValue): Json {
  if (value instanceof Uint8Array) return decoder.decode(value);
  if (value instanceof RespError) return value.message;
  return Array.isArray(value) ? value.map(asText) : value as Json;
}

/** As asked by `upstash-encoding: base64`: all texts but the status OK. */
function inBase64(value: RespValue): Json {
  if (value instanceof Uint8Array) return value.toBase64();
  if (value instanceof RespError) return value.message;
  if (typeof value === "string") {
    return value === "OK" ? value : new TextEncoder().encode(value).toBase64();
  }
  return Array.isArray(value) ? value.map(inBase64) : value as Json;
}

function commandsOf(body: unknown): readonly (readonly string[])[] {
  if (!Array.isArray(body)) throw new TypeError("Cannot read commands: expected a list of lists");
  return body.map(commandOf);
}

function commandOf(body: unknown): readonly string[] {
  if (!Array.isArray(body) || body.length === 0) {
    throw new TypeError("Cannot read command: expected a list");
  }
  return body.map(String);
}
