import { openKvWaker } from "@/services/platform/wakers/kv.ts";
import { assert, assertEquals } from "@/tests/assert.ts";
import { RecordingLog } from "@/tests/fakes/log.ts";
import { testWaker } from "./waker_contract.ts";

testWaker({
  name: "the Deno KV queue",
  ignore: false,
  async place() {
    const folder = await Deno.makeTempDir({ prefix: "tokenlysis_kv_" });
    return {
      async open(log) {
        const waker = await openKvWaker({ path: `${folder}/kv.db`, log });
        assert(waker !== null, "Deno KV is there");
        return waker;
      },
      [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
    };
  },
});

Deno.test("openKvWaker() says so and gives none where the file can't be opened", async () => {
  const log = new RecordingLog();
  assertEquals(await openKvWaker({ path: "/proc/none/kv.db", log }), null);
  const [line] = log.lines;
  assertEquals(line?.level, "warn");
  assertEquals(line?.message, "Cannot open Deno KV: workers find jobs by looking for them");
});
