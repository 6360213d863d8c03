import { lineWriter } from "@/services/platform/standard_error.ts";
import { assertEquals } from "@/tests/assert.ts";

Deno.test("lineWriter() writes on until all of a line is taken", () => {
  const taken: number[] = [];
  const print = lineWriter({
    writeSync(bytes) {
      const some = bytes.subarray(0, 3);
      taken.push(...some);
      return some.length;
    },
  });
  print("a line, €\n");
  assertEquals(new TextDecoder().decode(new Uint8Array(taken)), "a line, €\n");
});

Deno.test("lineWriter() goes on when whoever read is gone, and writes again once somebody reads", () => {
  let isGone = true;
  const lines: string[] = [];
  const print = lineWriter({
    writeSync(bytes) {
      if (isGone) throw new Deno.errors.BrokenPipe("Broken pipe (os error 32)");
      lines.push(new TextDecoder().decode(bytes));
      return bytes.length;
    },
  });
  print("lost\n");
  isGone = false;
  print("kept\n");
  assertEquals(lines, ["kept\n"]);
});
