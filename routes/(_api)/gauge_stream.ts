import { errorMessage } from "../../services/kernel/errors.ts";
import { GAUGE_TOPIC, type GaugeService } from "../../services/onchain/mod.ts";
import type { Bus } from "../../services/ports/bus.ts";
import type { Clock, Log } from "../../services/ports/mod.ts";
import type { StreamHub } from "../../services/streams/mod.ts";
import { readGaugeUpdate } from "./onchain.ts";

interface GaugeFeed {
  readonly bus: Pick<Bus, "subscribe">;
  readonly gauges: Pick<GaugeService, "view">;
  readonly clock: Clock;
  readonly log: Log;
}

/** Tells readers of each new reading, whichever process stored it, until the result is called. */
export function feedGauges(hub: StreamHub, { bus, gauges, clock, log }: GaugeFeed): () => void {
  async function tell(name: string) {
    try {
      const update = await readGaugeUpdate(gauges, { name, now: clock.now() });
      if (update === null || hub.isClosed) return;
      hub.publish("gauges", [{ key: update.gauge, json: JSON.stringify(update) }]);
    } catch (error) {
      log.warn("Cannot tell a gauge, next try with its next reading", {
        ...{ gauge: name, error: errorMessage(error) },
      });
    }
  }
  return bus.subscribe(GAUGE_TOPIC, (name) => void tell(name));
}
