/**
 * The yardstick: Fastify that validates parameters and serialises by a schema, the same data as the
 * product's answers. Plain JavaScript, so that it runs on Node, where Fastify is at home.
 */
import { readFileSync } from "node:fs";
import process from "node:process";
import fastify from "fastify";

const { data, meta } = JSON.parse(readFileSync(0, "utf8"));

function schemaOf(value) {
  if (value === null) return { type: ["number", "null"] };
  if (Array.isArray(value)) return { type: "array", items: schemaOf(value[0] ?? "") };
  if (typeof value !== "object") return { type: typeof value };
  const fields = Object.entries(value).map(([name, field]) => [name, schemaOf(field)]);
  return { type: "object", properties: Object.fromEntries(fields) };
}

const coin = { type: "string", minLength: 1, maxLength: 128 };
const answerOf = (payload) => ({ 200: schemaOf({ success: true, data: payload, meta }) });

const app = fastify({ logger: false });
app.get("/api/market/price/:coin_id", {
  schema: {
    params: { type: "object", properties: { coin_id: coin }, required: ["coin_id"] },
    response: answerOf(data),
  },
  handler: () => ({ success: true, data, meta: { timestamp: new Date().toISOString() } }),
});
app.get("/api/market/prices", {
  schema: {
    querystring: {
      type: "object",
      properties: { coins: { type: "string", minLength: 1, maxLength: 2000 } },
      required: ["coins"],
    },
    response: answerOf([data]),
  },
  handler: (request) => {
    const coins = request.query.coins.split(",");
    const timestamp = new Date().toISOString();
    return { success: true, data: coins.map(() => data), meta: { timestamp } };
  },
});
await app.listen({ host: "127.0.0.1", port: 0 });
process.stdout.write(`READY ${app.server.address().port}\n`);
