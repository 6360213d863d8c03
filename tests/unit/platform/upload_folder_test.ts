import { AppError } from "@/services/kernel/errors.ts";
import { uuidOfMoment } from "@/services/kernel/ids.ts";
import { UploadFolder } from "@/services/platform/upload_folder.ts";
import { assertEquals, assertMatch, assertRejects } from "@/tests/assert.ts";
import { FakeClock } from "@/tests/fakes/clock.ts";

const ID = uuidOfMoment(1, "upload");

async function withFolder(run: (folder: UploadFolder, path: string) => Promise<void>) {
  const path = await Deno.makeTempDir({ prefix: "tokenlysis_uploads_" });
  try {
    await run(new UploadFolder(path, new FakeClock()), path);
  } finally {
    await Deno.remove(path, { recursive: true });
  }
}

async function* failing(error: Error) {
  yield new Uint8Array([1, 2, 3]);
  throw error;
}

for (const [code, reason] of [["ENOSPC", "the disk is full"], ["EROFS", "can't be written"]]) {
  Deno.test(`UploadFolder.keep() says what is wrong with the disk at ${code}, and keeps nothing`, () =>
    withFolder(async (folder, path) => {
      const cause = Object.assign(new Error("as the system says it"), { code });
      const error = await assertRejects(() => folder.keep(ID, failing(cause)), { type: AppError });
      assertEquals([error.code, error.cause], ["UNAVAILABLE", cause]);
      assertMatch(error.message, new RegExp(`^Cannot keep the file: .*${reason}`));
      assertEquals((await Array.fromAsync(Deno.readDir(path))).length, 0);
    }));
}

Deno.test("UploadFolder.keep() passes on what its source throws, and keeps nothing of it", () =>
  withFolder(async (folder, path) => {
    const cut = new Error("its sender broke off");
    assertEquals(await assertRejects(() => folder.keep(ID, failing(cut))), cut);
    assertEquals((await Array.fromAsync(Deno.readDir(path))).length, 0);
  }));
