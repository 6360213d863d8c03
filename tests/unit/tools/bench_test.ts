import { assertEquals } from "@/tests/assert.ts";
import { BENCHES } from "@/tools/bench.ts";

Deno.test("every benchmark is run by the task, and none else", async () => {
  const found: string[] = [];
  for (const folder of ["tests/bench", "tests/load"]) {
    for await (const { name } of Deno.readDir(folder)) {
      if (/_(?:bench|load)\.ts$/.test(name)) found.push(`${folder}/${name}`);
    }
  }
  assertEquals(BENCHES.map(({ file }) => file).toSorted(), found.toSorted());
});

Deno.test("every benchmark knows a quick run, which judges no goal", async () => {
  const without: string[] = [];
  for (const { file } of BENCHES) {
    if (!(await Deno.readTextFile(file)).includes('"--quick"')) without.push(file);
  }
  assertEquals(without, []);
});
