import { App, csp, type CSPOptions } from "fresh";
import { assert, assertEquals, assertMatch } from "@/tests/assert.ts";
import { fixtureHandler, get } from "./fixture_app.ts";

async function policy(options: CSPOptions, header = "content-security-policy") {
  const handler = new App().use(csp(options)).get("/", (ctx) => ctx.text("x")).handler();
  return (await get(handler, "/")).headers.get(header) ?? "";
}

Deno.test("csp() sets a policy that allows the own site", async () => {
  assertMatch(await policy({}), /^default-src 'self'; script-src 'self' 'unsafe-inline'; /);
});

Deno.test("csp() replaces a default by a directive of the same name and adds others", async () => {
  const value = await policy({ csp: ["img-src *", "manifest-src 'self'"] });
  assertEquals(value.match(/img-src [^;]*/g), ["img-src *"]);
  assertMatch(value, /; manifest-src 'self'$/);
});

Deno.test("csp() can report instead of blocking", async () => {
  const options = { reportOnly: true, reportTo: "/reports" };
  assertEquals(await policy(options), "");
  assertMatch(
    await policy(options, "content-security-policy-report-only"),
    /report-to csp-endpoint; report-uri \/reports$/,
  );
  assertEquals(await policy(options, "reporting-endpoints"), 'csp-endpoint="/reports"');
});

Deno.test("csp() with nonces allows exactly the inline code rendered into the page", async () => {
  const handler = new App()
    .use(csp({ useNonce: true }))
    .get("/", (ctx) =>
      ctx.render(
        <html>
          <head>
            <style>{"p { color: red; }"}</style>
            <script nonce="own">1</script>
            <script src="/a.js" />
          </head>
          <body>
            <script>2</script>
          </body>
        </html>,
      ))
    .handler();
  const response = await get(handler, "/");
  const header = response.headers.get("content-security-policy") ?? "";
  const nonce = /script-src 'self' 'nonce-(\w+)'; style-src 'self' 'nonce-(\w+)'/.exec(header);
  assert(nonce?.[1] !== undefined && nonce[1] === nonce[2], header);
  assert(!header.includes("unsafe-inline"));
  const html = await response.text();
  assert(html.includes(`<style nonce="${nonce[1]}">`));
  assert(html.includes(`<script nonce="${nonce[1]}">2`));
  assert(html.includes('<script nonce="own">1'));
  assert(html.includes('<script src="/a.js">'));
  assert((await get(handler, "/")).headers.get("content-security-policy") !== header);
});

Deno.test("csp() with nonces leaves responses that were not rendered without one", async () => {
  assertMatch(await policy({ useNonce: true }), /script-src 'self' 'unsafe-inline'/);
});

Deno.test("every inline script of a page with islands carries the policy's nonce", async () => {
  const handler = await fixtureHandler();
  const response = await get(handler, "/counter");
  const header = response.headers.get("content-security-policy") ?? "";
  const nonce = /'nonce-(\w+)'/.exec(header)?.[1];
  const scripts = (await response.text()).match(/<(script|style)[^>]*>/g) ?? [];
  assertEquals(scripts.length, 2);
  assert(scripts.every((tag) => tag.includes(`nonce="${nonce}"`)));
});
