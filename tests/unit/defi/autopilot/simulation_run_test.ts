import { SimulationRun } from "@/services/defi/autopilot/simulation_run.ts";
import { simulationSteps } from "@/services/defi/autopilot/simulate.ts";
import { AppError } from "@/services/kernel/errors.ts";
import { FakeClock } from "@/tests/fakes/clock.ts";
import { assertEquals, assertRejects } from "@/tests/assert.ts";
import { dailyPool, sampleConstraints } from "./pools_sample.ts";

/** A run in which each step takes so long, with what happens at each rest. */
function slowRun(stepMs: number, onPause: (run: SimulationRun) => void = () => {}) {
  const clock = new FakeClock();
  function* work() {
    const steps = simulationSteps([[{
      name: "sample",
      history: dailyPool("a", Array(12).fill({})),
    }]], sampleConstraints());
    for (let step = steps.next();; step = steps.next()) {
      clock.advance(stepMs);
      if (step.done === true) return step.value;
      yield step.value;
    }
  }
  let rests = 0;
  const pause = () => {
    rests++;
    return Promise.resolve().then(() => onPause(run));
  };
  const run: SimulationRun = new SimulationRun(work(), { steps: 11, clock, pause });
  return { run, rests: () => rests };
}

Deno.test("SimulationRun rests after each slice and says how far it is", async () => {
  const told: number[] = [];
  const { run, rests } = slowRun(20, ({ progress }) => told.push(progress.stepsDone));
  const { valuesUsd } = await run.result();
  assertEquals(valuesUsd.length, 11);
  assertEquals(told, [0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  assertEquals([run.progress, rests()], [{ state: "done", stepsDone: 11, steps: 11 }, 13]);
});

Deno.test("SimulationRun does not rest where it is quick", async () => {
  const { run, rests } = slowRun(0);
  await run.patience;
  assertEquals([run.progress.state, rests()], ["done", 0]);
});

Deno.test("SimulationRun tells who waits that it goes on", async () => {
  const { run } = slowRun(300);
  await run.patience;
  const { state, stepsDone } = run.progress;
  assertEquals([state, stepsDone < 11], ["running", true]);
  await run.result();
});

Deno.test("SimulationRun stops where it is cancelled, and stays as it is once it is over", async () => {
  const { run } = slowRun(20, (it) => it.progress.stepsDone >= 4 && it.cancel());
  await assertRejects(() => run.result(), { type: AppError, pattern: /cancelled/ });
  assertEquals(run.progress, { state: "cancelled", stepsDone: 4, steps: 11 });
  const { run: done } = slowRun(0);
  await done.result();
  done.cancel();
  assertEquals(done.progress.state, "done");
});
