import { readEnvText } from "@/services/platform/env_file.ts";
import { assertEquals, assertRejects } from "@/tests/assert.ts";

Deno.test("readEnvText() reads the file, or gives null where there is none", async () => {
  const folder = await Deno.makeTempDir();
  try {
    assertEquals(await readEnvText(`${folder}/.env`), null);
    await Deno.writeTextFile(`${folder}/.env`, "A=1\n");
    assertEquals(await readEnvText(`${folder}/.env`), "A=1\n");
    // A folder of that name is no absence: the settings in it would be lost unsaid.
    await assertRejects(() => readEnvText(folder), {});
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
