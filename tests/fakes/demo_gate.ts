import { type AssetId, DemoGate, type DemoMode } from "@/services/market/mod.ts";
import { FakeClock } from "./clock.ts";
import { RecordingLog } from "./log.ts";
import { columnsOf, MemoryCandleStore } from "./memory_candle_store.ts";

/** A gate over a store in memory, to which real candles can come. */
export function sampleGate({ mode = "auto" }: { readonly mode?: DemoMode } = {}) {
  const log = new RecordingLog();
  const store = new GatedStore(new FakeClock());
  const gate = new DemoGate({ store, changes: store, mode, log });
  let writes = 0;
  const write = (source: string, assetId = "bitcoin") =>
    store.upsertCandles(
      { assetId: assetId as AssetId, source, interval: "1d" },
      columnsOf([{ openTime: Date.UTC(2021, 0, 1), close: ++writes }]),
    );
  return { gate, log, store, write };
}

/** A candle store that may be away, and lets something happen while it is asked. */
class GatedStore extends MemoryCandleStore {
  isAway = false;
  asked = 0;
  /** Called between the reading of the series and the answer. */
  onList: () => Promise<unknown> | null = () => null;

  override async listSeries() {
    this.asked++;
    if (this.isAway) throw new Error("database away");
    const series = await super.listSeries();
    await this.onList();
    return series;
  }
}
