import type { UtcMs } from "../../kernel/time.ts";
import { feeBand } from "../../onchain/fee_bands.ts";
import type { GaugeName, Gauges, MempoolGauge } from "../../onchain/gauges.ts";

/**
 * A mempool as it is stored: lists in the place of names, since there are 130,000 of them in 90
 * days and a row beyond a quarter of a page takes a page of its own.
 */
interface StoredMempool {
  readonly size: number;
  readonly vsize: number;
  readonly totalFee: number | null;
  /** Fastest, half an hour, an hour, economy, minimum. */
  readonly fees: readonly [number, number, number, number, number];
  readonly bands: readonly (readonly [from: number, vsize: number])[];
  readonly projected: readonly (readonly [
    transactions: number,
    vsize: number,
    medianFee: number,
    feeRange: readonly number[],
  ])[];
}

type Codec<Name extends GaugeName> = {
  readonly toStored: (reading: Gauges[Name]) => unknown;
  readonly fromStored: (stored: unknown, asof: UtcMs) => Gauges[Name];
};

const CODECS: { readonly [Name in GaugeName]: Codec<Name> } = {
  eth_gas: {
    toStored: ({ asof: _, ...figures }) => figures,
    fromStored: (stored, asof) => ({ ...stored as Omit<Gauges["eth_gas"], "asof">, asof }),
  },
  btc_mempool: {
    toStored: toStoredMempool,
    fromStored: (stored, asof) => fromStoredMempool(stored as StoredMempool, asof),
  },
};

/** A reading as the text of its row; its time has a column of its own. */
export function toGaugeText<Name extends GaugeName>(name: Name, reading: Gauges[Name]): string {
  const codec: Codec<Name> = CODECS[name];
  return JSON.stringify(codec.toStored(reading));
}

export function fromGaugeText<Name extends GaugeName>(
  name: Name,
  { reading, asof }: { readonly reading: string; readonly asof: UtcMs },
): Gauges[Name] {
  const codec: Codec<Name> = CODECS[name];
  return codec.fromStored(JSON.parse(reading), asof);
}

function toStoredMempool(
  { size, vsize, totalFee, fees, bands, projected }: MempoolGauge,
): StoredMempool {
  return {
    ...{ size, vsize, totalFee },
    fees: [fees.fastest, fees.halfHour, fees.hour, fees.economy, fees.minimum],
    bands: bands.map((band) => [band.from, band.vsize]),
    projected: projected.map((block) => [
      ...[block.transactions, block.vsize, block.medianFee] as const,
      block.feeRange,
    ]),
  };
}

function fromStoredMempool(
  { size, vsize, totalFee, fees, bands, projected }: StoredMempool,
  asof: UtcMs,
): MempoolGauge {
  const [fastest, halfHour, hour, economy, minimum] = fees;
  return {
    ...{ asof, size, vsize, totalFee },
    fees: { fastest, halfHour, hour, economy, minimum },
    bands: bands.map(([from, held]) => feeBand(from, held)),
    projected: projected.map(([transactions, filled, medianFee, feeRange]) => ({
      ...{ transactions, vsize: filled, medianFee, feeRange },
    })),
  };
}
