import { UuidFactory } from "@/services/kernel/ids.ts";
import type { Log } from "@/services/ports/mod.ts";
import type { Waker } from "@/services/ports/wakers.ts";
import { RecordingLog } from "@/tests/fakes/log.ts";

/** A channel that wakers of one test share. */
export interface WakerPlace extends AsyncDisposable {
  open(log: Log): Promise<Waker>;
}

export interface WakerKind {
  readonly name: string;
  /** True where its server is not installed. */
  readonly ignore: boolean;
  place(): Promise<WakerPlace>;
}

const JOB_ID = new UuidFactory(() => 0).next();

function nextWake(waker: Waker): Promise<void> {
  return new Promise((resolve) => {
    const stop = waker.listen(() => {
      stop();
      resolve();
    });
  });
}

/** What every waker must do. */
export function testWaker(kind: WakerKind): void {
  function test(name: string, run: (place: WakerPlace) => Promise<void>) {
    Deno.test({
      name: `Waker over ${kind.name} ${name}`,
      ignore: kind.ignore,
      async fn() {
        await using place = await kind.place();
        await run(place);
      },
    });
  }

  test("wakes who listens", async (place) => {
    await using waker = await place.open(new RecordingLog());
    const woken = nextWake(waker);
    waker.wake(JOB_ID);
    await woken;
  });

  test("wakes those of another process", async (place) => {
    await using sender = await place.open(new RecordingLog());
    await using receiver = await place.open(new RecordingLog());
    // Where one of the processes gets a message, either may be the one.
    const woken = Promise.race([nextWake(sender), nextWake(receiver)]);
    sender.wake(JOB_ID);
    await woken;
  });

  test("wakes again after many wake-ups at once", async (place) => {
    await using waker = await place.open(new RecordingLog());
    const first = nextWake(waker);
    for (let count = 0; count < 1_000; count++) waker.wake(JOB_ID);
    await first;
    const second = nextWake(waker);
    waker.wake(JOB_ID);
    await second;
  });
}
