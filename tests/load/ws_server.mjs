/**
 * The yardstick: `ws` sends a text to every client once a second, encoded once as the product does.
 * Plain JavaScript, so that it runs on Node, where `ws` is at home.
 */
import { Buffer } from "node:buffer";
import { readFileSync } from "node:fs";
import process from "node:process";
import { WebSocketServer } from "ws";

const { text, place } = JSON.parse(readFileSync(0, "utf8"));
const server = new WebSocketServer({ host: "127.0.0.1", port: 0, backlog: 4096 });
let published = 0;

/** As `markOf()` of `stream_mark.ts`, which Node cannot read. */
function nextMark() {
  const micros = Math.round((performance.timeOrigin + performance.now()) * 1000);
  return `|${String(++published).padStart(10, "0")} ${String(micros).padStart(16, "0")}|`;
}

function feed() {
  const frame = Buffer.from(text.replace(place, nextMark()));
  for (const client of server.clients) client.send(frame, { binary: false });
  setTimeout(feed, 1000 - Date.now() % 1000);
}

server.on("listening", () => process.stdout.write(`READY ${server.address().port}\n`));
feed();
