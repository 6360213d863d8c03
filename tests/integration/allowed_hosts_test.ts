import { compose } from "@/main.ts";
import { loadConfig } from "@/services/config.ts";
import { assert, assertEquals, assertMatch } from "@/tests/assert.ts";
import { openTestDatabase } from "@/tests/database.ts";
import { FakeClock } from "@/tests/fakes/clock.ts";
import { RecordingLog } from "@/tests/fakes/log.ts";
import { build } from "@/tools/build.ts";

const PLACES = [
  "/",
  "/ops",
  "/api/ops/overview",
  "/api/stream/prices",
  "/ws/prices",
  "/api/market/overview",
  "/static/none.css",
];

/** The status line of an answer to a request with this `Host`, as a browser sends it. */
async function ask(port: number, { path, host }: { path: string; host: string }): Promise<string> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  const upgrade = path.startsWith("/ws/")
    ? "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" +
      `Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nOrigin: http://${host}\r\n`
    : "";
  const text = `GET ${path} HTTP/1.1\r\nHost: ${host}\r\n${upgrade}\r\n`;
  await connection.write(new TextEncoder().encode(text));
  const buffer = new Uint8Array(64);
  const count = await connection.read(buffer);
  return new TextDecoder().decode(buffer.subarray(0, count ?? 0)).split("\r\n")[0] ?? "";
}

Deno.test("a page whose name was led to this machine gets nothing of pages, data and streams", async () => {
  await build({ ifStale: true });
  const clock = new FakeClock();
  await using database = await openTestDatabase({ clock });
  const folder = await Deno.makeTempDir({ prefix: "tokenlysis_hosts_" });
  const config = loadConfig({
    TOKENLYSIS_NETWORK: "off",
    TOKENLYSIS_DATA_DIR: folder,
    TOKENLYSIS_ALLOWED_HOSTS: "crypto.example.org",
  });
  {
    await using product = await compose(config, { clock, log: new RecordingLog(), database });
    const server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {} },
      (request, info) => product.fetch(request, info),
    );
    const { port } = server.addr;
    for (const path of PLACES) {
      const refused = await ask(port, { path, host: `attacker.example:${port}` });
      assertEquals([path, refused], [path, "HTTP/1.1 403 Forbidden"]);
      for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, "crypto.example.org"]) {
        const answered = await ask(port, { path, host });
        assertMatch(answered, /^HTTP\/1\.1 (101|200|404) /, `${path} by ${host}`);
      }
    }
    const probe = await ask(port, { path: "/healthz", host: "pod.cluster.example" });
    assert(probe.endsWith("200 OK"), probe);
    await product.stop();
    await server.shutdown();
  }
  await Deno.remove(folder, { recursive: true });
});
