import { HostGuard } from "@/routes/(_api)/middleware/allowed_hosts.ts";
import { assert, assertEquals, assertMatch } from "@/tests/assert.ts";

function statusOf(guard: HostGuard, authority: string, path = "/"): number {
  return guard.refuse(new Request(`http://${authority}${path}`))?.status ?? 200;
}

const authorities: readonly { readonly authority: string; readonly status: number }[] = [
  { authority: "localhost", status: 200 },
  { authority: "localhost:8000", status: 200 },
  { authority: "LOCALHOST:8000", status: 200 },
  { authority: "localhost.:8000", status: 200 },
  { authority: "app.localhost", status: 200 },
  { authority: "127.0.0.1:8000", status: 200 },
  { authority: "127.0.0.2", status: 200 },
  { authority: "10.1.2.3:8000", status: 200 },
  { authority: "[::1]:8000", status: 200 },
  { authority: "[2001:db8::1]", status: 200 },
  { authority: "mine.example.org", status: 200 },
  { authority: "MINE.example.org.:8443", status: 200 },
  { authority: "rebind.attacker.example", status: 403 },
  { authority: "not-mine.example.org", status: 403 },
  { authority: "sub.mine.example.org", status: 403 },
  { authority: "mine.example.org.attacker.example", status: 403 },
  { authority: "localhost.attacker.example:8000", status: 403 },
  { authority: "notlocalhost", status: 403 },
  { authority: "127.0.0.1.attacker.example", status: 403 },
];
for (const { authority, status } of authorities) {
  Deno.test(`HostGuard answers ${status} to a request by the name ${authority}`, () => {
    const guard = new HostGuard(["mine.example.org"]);
    // The second time it may remember what the first one was.
    assertEquals([statusOf(guard, authority), statusOf(guard, authority)], [status, status]);
  });
}

Deno.test("HostGuard says which name it refused and what to set", async () => {
  const response = new HostGuard([]).refuse(new Request("http://Evil.example:8000/api/ops/jobs"));
  assert(response !== null);
  assertEquals(response.headers.get("cache-control"), "no-store");
  const { success, error } = await response.json();
  assertEquals([success, error.code, error.details.host], [false, "FORBIDDEN", "evil.example"]);
  assertMatch(error.message, /"evil\.example": add it to TOKENLYSIS_ALLOWED_HOSTS/);
});

Deno.test("HostGuard lets probes in by any name, and nothing that only looks like one", () => {
  const guard = new HostGuard([]);
  const by = (path: string) => statusOf(guard, "pod.cluster.example", path);
  assertEquals([by("/health"), by("/healthz"), by("/health?a=1")], [200, 200, 200]);
  assertEquals([by("/health/"), by("/metrics"), by("/?/health")], [403, 403, 403]);
});

Deno.test("HostGuard answers to every name where it is told to", () => {
  assertEquals(statusOf(new HostGuard(["*"]), "anything.example"), 200);
});

Deno.test("HostGuard takes no name for one that it begins with", () => {
  const guard = new HostGuard([]);
  const by = (authority: string) => statusOf(guard, authority);
  assertEquals([by("localhost"), by("localhost.attacker.example"), by("localhost")], [
    200,
    403,
    200,
  ]);
  assertEquals([by("10.0.0.1:80"), by("10.0.0.1.attacker.example")], [200, 403]);
});
