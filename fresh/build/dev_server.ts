import { type App, type ListenOptions, setLiveReload } from "../server/app.ts";
import { LiveReload } from "../server/live_reload.ts";
import type { Builder } from "./builder.ts";
import { watchPaths } from "./watch.ts";

/** Serves an application in development: rebuilds it after each change and reloads its pages. */
export async function serveDevelopment(
  importApp: () => Promise<{ app: App<unknown> }>,
  { builder, options }: { builder: Builder; options: ListenOptions },
): Promise<void> {
  const reload = new LiveReload();
  const { app } = await importApp();
  setLiveReload(app, reload);

  async function makeHandler() {
    const applySnapshot = await builder.build({ mode: "development", snapshot: "memory" });
    applySnapshot(app);
    return app.handler();
  }

  let handler = await makeHandler();
  const { folders, root } = builder.settings("development");
  const stopWatching = watchPaths(
    [folders.islandDir, folders.staticDir, folders.routeDir, `${root}/components`],
    async () => {
      handler = await makeHandler();
      reload.reload();
    },
  );
  const server = Deno.serve(
    { port: 8000, ...options },
    (request, info) => handler(request, info),
  );
  await server.finished;
  stopWatching();
  reload.close();
}
