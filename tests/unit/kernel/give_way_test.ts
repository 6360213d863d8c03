import { giveWay } from "@/services/kernel/give_way.ts";
import { assertEquals } from "@/tests/assert.ts";

Deno.test("giveWay() hears of what came over a socket while the loop was held", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const accepted = listener.accept();
  using sender = await Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port });
  using receiver = await accepted;
  const heard: number[] = [];
  for (let sent = 0; sent < 20; sent++) {
    const read = receiver.read(new Uint8Array(1)).then(() => heard.push(sent));
    await sender.write(new Uint8Array([sent]));
    await giveWay();
    assertEquals(heard.length, sent + 1, "one rest is enough");
    await read;
  }
});
