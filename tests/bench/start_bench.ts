// deno-lint-ignore-file no-console
/**
 * How long a start takes until the server answers, on a folder that already has its data: the
 * server process alone, and the whole start command with its check of the build.
 */
import { loadConfig } from "@/services/config.ts";
import { serverArguments } from "@/tools/server_command.ts";

const GOAL_MS = 300;
const ROUNDS = Deno.args.includes("--quick") ? 3 : 11;
const READY = /Tokenlysis listening on/;

async function timeStart(args: readonly string[], env: Record<string, string>): Promise<number> {
  const startedMs = performance.now();
  const process = new Deno.Command(Deno.execPath(), {
    args: [...args],
    env,
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  let elapsedMs = NaN;
  for await (const text of process.stdout.pipeThrough(new TextDecoderStream())) {
    if (!READY.test(text)) continue;
    elapsedMs = performance.now() - startedMs;
    process.kill("SIGTERM");
  }
  await process.status;
  return elapsedMs;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
}

const dataDir = await Deno.makeTempDir({ prefix: "tokenlysis-" });
const env = {
  TOKENLYSIS_DATA_DIR: dataDir,
  TOKENLYSIS_PORT: "0",
  TOKENLYSIS_NETWORK: "off",
  TOKENLYSIS_DEMO: "auto",
};
const server = serverArguments(loadConfig(env));
const command = ["run", "--quiet", "-A", "tools/start.ts"];
const firstMs = await timeStart(command, env);
const times: { server: number[]; command: number[] } = { server: [], command: [] };
for (let round = 0; round < ROUNDS; round++) {
  times.server.push(await timeStart(server, env));
  times.command.push(await timeStart(command, env));
}
await Deno.remove(dataDir, { recursive: true });
const serverMs = median(times.server);
console.log(`first start, seeding the demo market: ${firstMs.toFixed(0)} ms`);
console.log(`server process until it listens: median ${serverMs.toFixed(0)} ms of ${ROUNDS}`);
console.log(`start command until it listens: median ${median(times.command).toFixed(0)} ms`);
console.log(`goal: the server listens within ${GOAL_MS} ms`);
if (!Deno.args.includes("--quick") && !(serverMs <= GOAL_MS)) Deno.exit(1);
