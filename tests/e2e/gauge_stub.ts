/** Etherscan and mempool.space on this machine. */
export interface GaugeStub extends AsyncDisposable {
  readonly url: string;
  /** Answers nothing but errors from now on. */
  goDown(): void;
  /** The fast gas price from now on, as Etherscan writes it. */
  sayFast(price: string): void;
}

const FEES = { fastestFee: 12.5, halfHourFee: 8.1, hourFee: 4.02, economyFee: 2, minimumFee: 1 };
const MEDIANS = [10.8, 8.2, 5.1, 3.9, 2.4, 1.1];

/** Starts it on a free port of 127.0.0.1. What it does not know it answers with 404. */
export function startGaugeStub(): GaugeStub {
  let isDown = false;
  let fast = GAS.result.FastGasPrice;
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    const { pathname } = new URL(request.url);
    if (isDown) return new Response("Out of order", { status: 500 });
    const answer = pathname === "/v2/api"
      ? { ...GAS, result: { ...GAS.result, FastGasPrice: fast } }
      : ANSWERS[pathname];
    return answer === undefined
      ? new Response("Not Found", { status: 404 })
      : Response.json(answer);
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    goDown: () => isDown = true,
    sayFast: (price) => fast = price,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

const GAS = {
  status: "1",
  message: "OK",
  result: {
    LastBlock: "25000000",
    SafeGasPrice: "1.2034",
    ProposeGasPrice: "1.31",
    FastGasPrice: "1.73",
    suggestBaseFee: "1.199951",
  },
};

const ANSWERS: Readonly<Record<string, unknown>> = {
  "/api/mempool": {
    ...{ count: 31_690, vsize: 16_000_000, total_fee: 203_174_810 },
    fee_histogram: [[302, 9_000], [12, 900_000], [4, 3_000_000], [1, 12_091_000]],
  },
  "/api/v1/fees/precise": FEES,
  "/api/v1/fees/mempool-blocks": MEDIANS.map((medianFee, index) => ({
    blockVSize: index === MEDIANS.length - 1 ? 11_000_000 : 998_096.5,
    nTx: 2_863 - index,
    medianFee,
    feeRange: [medianFee * 0.8, medianFee, medianFee * 3],
  })),
};
