import { readEventStream, type ReadStreamOptions } from "@/components/api/event_stream.ts";
import { assert, assertEquals } from "@/tests/assert.ts";
import { type Product, startProduct } from "@/tests/e2e/product.ts";
import { findPostgres, startPostgres, type TestServer } from "@/tests/postgres.ts";

const ignore = findPostgres() === null;
/** Values to hear in both processes; the demo market has a few each second. */
const HEARD = 5;
let server: TestServer;

if (!ignore) {
  Deno.test.beforeAll(async () => {
    server = await startPostgres();
  });
  Deno.test.afterAll(() => server.stop());
}

interface Heard {
  /** Instance that its ids name. */
  readonly instance: string;
  /** What came, as JSON text. */
  readonly data: ReadonlySet<string>;
}

/** Listens to prices until `isEnough` says of all that came that it is. */
async function hear(
  { url }: Product,
  isEnough: (data: ReadonlySet<string>) => boolean,
): Promise<Heard> {
  const abort = new AbortController();
  const data = new Set<string>();
  let instance = "";
  const options: ReadStreamOptions = {
    ...{ lastEventId: "", signal: abort.signal, onOpen: () => {}, onBytes: () => {} },
    onEvent(event) {
      data.add(event.data);
      instance = event.id.slice(0, event.id.lastIndexOf("-"));
      if (isEnough(data)) abort.abort();
    },
  };
  try {
    await readEventStream(`${url}/api/stream/prices`, options);
  } catch (error) {
    if (!abort.signal.aborted) throw error;
  }
  return { instance, data };
}

Deno.test({
  name: "readers of every process hear the prices that one of them makes",
  ignore,
  async fn() {
    const env = { DATABASE_URL: await server.createDatabase() };
    await using first = await startProduct({ env });
    await using second = await startProduct({ env });
    const shared = new Map<string, number>();
    const isEnough = () => [...shared.values()].filter((times) => times === 2).length >= HEARD;
    const listen = (product: Product) => {
      let known = 0;
      return hear(product, (data) => {
        for (const text of [...data].slice(known)) shared.set(text, (shared.get(text) ?? 0) + 1);
        known = data.size;
        return isEnough();
      });
    };
    const [one, other] = await Promise.all([listen(first), listen(second)]);
    assert(one.instance !== other.instance, "Both streams are of one process");
    const both = [...one.data].filter((text) => other.data.has(text));
    assert(both.length >= HEARD, `${both.length} of ${one.data.size} came in both`);
    const { coin_id: coin, price } = JSON.parse(both[0] ?? "");
    assertEquals([typeof coin, typeof price], ["string", "number"]);
  },
});
