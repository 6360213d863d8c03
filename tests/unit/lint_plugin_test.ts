import plugin from "@/tools/lint_plugin.ts";
import { assertEquals } from "@/tests/assert.ts";

/** The rules that fire on `source`, without the plugin's name. */
function rulesBroken(source: string, fileName = "/app/services/lots.ts"): string[] {
  return Deno.lint.runPlugin(plugin, fileName, source).map(({ id }) => id.replace("house/", ""));
}

/** `lines` lines: the head, the tail and statements between them. */
function linesOf(lines: number, { head, tail }: { head: string; tail: string }): string {
  return [head, ...Array(lines - 2).fill("  work();"), tail].join("\n");
}

const forms: { name: string; head: string; tail: string }[] = [
  { name: "declaration", head: "function f() {", tail: "}" },
  { name: "function value", head: "const f = function () {", tail: "};" },
  { name: "arrow", head: "const f = () => {", tail: "};" },
  { name: "callback", head: "run(() => {", tail: "});" },
  { name: "method", head: "class A { f() {", tail: "} }" },
];
for (const { name, head, tail } of forms) {
  Deno.test(`short-functions takes a ${name} of 70 lines and refuses one of 71`, () => {
    assertEquals(rulesBroken(linesOf(70, { head, tail })), []);
    assertEquals(rulesBroken(linesOf(71, { head, tail })), ["short-functions"]);
  });
}

Deno.test("short-files takes 400 lines, whatever empty ones end them, and refuses 401", () => {
  const lines = (count: number) => Array(count).fill("work();").join("\n");
  assertEquals(rulesBroken(`${lines(400)}\n\n`), []);
  assertEquals(rulesBroken(lines(401)), ["short-files"]);
});

const DECLARED = "exported-functions-are-declarations";
const ARGUMENTS = "two-arguments-and-options";
const sources: { source: string; broken: string[] }[] = [
  { source: "export function f() {}", broken: [] },
  { source: "const f = () => 1;", broken: [] },
  { source: "export const list = [1].map((x) => x);", broken: [] },
  { source: "export const f = () => 1;", broken: [DECLARED] },
  { source: "export const f = async () => 1;", broken: [DECLARED] },
  { source: "export const f = function () {};", broken: [DECLARED] },
  { source: "export const a = 1, f = () => a;", broken: [DECLARED] },
  { source: "export function f(a: A, b: B) {}", broken: [] },
  { source: "export function f(a: A, b: B, { c }: C) {}", broken: [] },
  { source: "export function f(a: A, b: B, { c }: C = {}) {}", broken: [] },
  { source: "export function f(a: A, b: B, options?: C) {}", broken: [] },
  { source: "export function f(a: A, ...rest: B[]) {}", broken: [] },
  { source: "function f(a: A, b: B, c: C) {}", broken: [] },
  { source: "export function f(a: A, b: B, c: C) {}", broken: [ARGUMENTS] },
  { source: "export function f(a: A, b: B, { c }: C, { d }: D) {}", broken: [ARGUMENTS] },
  { source: "export default function f(a: A, b: B, c: C) {}", broken: [ARGUMENTS] },
  { source: "export async function f(a: A, b: B, c: C) {}", broken: [ARGUMENTS] },
];
for (const { source, broken } of sources) {
  const verdict = broken.length === 0 ? "is quiet about" : "refuses";
  Deno.test(`the house rules: ${broken.join() || "none"} ${verdict} ${source}`, () => {
    assertEquals(rulesBroken(source), broken);
  });
}

const fileNames: { fileName: string; isTelling: boolean }[] = [
  { fileName: "/app/services/market/candle.ts", isTelling: true },
  { fileName: "/app/services/market/price_index.ts", isTelling: true },
  { fileName: "/app/services/market/index.ts", isTelling: false },
  { fileName: "/app/components/utils.tsx", isTelling: false },
  { fileName: "/app/tests/helpers.ts", isTelling: false },
  { fileName: "common.ts", isTelling: false },
  { fileName: "/app/routes/index.tsx", isTelling: true },
  { fileName: "/app/routes/assets/index.tsx", isTelling: true },
  { fileName: "/app/routes/(_api)/index.ts", isTelling: false },
  { fileName: "/app/routes/utils.ts", isTelling: false },
];
for (const { fileName, isTelling } of fileNames) {
  Deno.test(`telling-file-names ${isTelling ? "takes" : "refuses"} ${fileName}`, () => {
    assertEquals(rulesBroken("work();", fileName), isTelling ? [] : ["telling-file-names"]);
  });
}
