import { z } from "zod";
import type { LocalExchange } from "./local_exchange.ts";

const RefusalSchema = z.object({
  status: z.int().min(400).max(599),
  retryAfterS: z.int().nonnegative().optional(),
  path: z.string().optional(),
}).transform(({ status, retryAfterS, path }) => ({
  status,
  ...(retryAfterS === undefined ? {} : { retryAfterS }),
  ...(path === undefined ? {} : { path }),
})).nullable();

const Every = z.int().nonnegative().default(0);

/** What `POST /control` understands: `{"do": "drop"}`. */
const CommandSchema = z.discriminatedUnion("do", [
  z.object({ do: z.literal("counts") }),
  z.object({ do: z.literal("run"), perSecond: z.number().nonnegative() }),
  z.object({ do: z.literal("trade"), markets: z.array(z.string()) }),
  z.object({ do: z.literal("withhold"), markets: z.array(z.string()) }),
  z.object({ do: z.literal("say"), frames: z.array(z.string()) }),
  z.object({ do: z.literal("drop") }),
  z.object({ do: z.literal("tear"), market: z.string() }),
  z.object({ do: z.literal("close"), code: z.int(), reason: z.string().default("") }),
  z.object({ do: z.literal("freeze") }),
  z.object({ do: z.literal("ping") }),
  z.object({ do: z.literal("heartbeat") }),
  z.object({ do: z.literal("announce_shutdown") }),
  z.object({ do: z.literal("refuse"), refusal: RefusalSchema }),
  z.object({ do: z.literal("refuse_rest"), refusal: RefusalSchema }),
  z.object({ do: z.literal("delay_handshakes"), ms: z.int().nonnegative() }),
  z.object({
    do: z.literal("faults"),
    repeatEvery: Every,
    swapEvery: Every,
    withholdEvery: Every,
    garbageEvery: Every,
  }),
]);

type Command = z.infer<typeof CommandSchema>;

/** Does what the text asks for; what is wrong with it, or `null`. */
export function applyCommand(exchange: LocalExchange, text: string): string | null {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return "Cannot read command: expected JSON";
  }
  const { data, error } = CommandSchema.safeParse(body);
  if (data === undefined) return z.prettifyError(error);
  run(exchange, data);
  return null;
}

function run(exchange: LocalExchange, command: Command): void {
  switch (command.do) {
    case "counts":
      return;
    case "run":
      return exchange.run(command.perSecond);
    case "trade":
      exchange.trade(command.markets);
      return;
    case "withhold":
      exchange.withhold(command.markets);
      return;
    case "say":
      return exchange.say(...command.frames);
    case "drop":
      return exchange.drop();
    case "tear":
      exchange.tear(command.market);
      return;
    case "close":
      return exchange.close(command.code, command.reason);
    case "freeze":
      return exchange.freeze();
    case "ping":
      return exchange.ping();
    case "heartbeat":
      return exchange.heartbeat();
    case "announce_shutdown":
      return exchange.announceShutdown();
    case "refuse":
      exchange.refusal = command.refusal;
      return;
    case "refuse_rest":
      exchange.restRefusal = command.refusal;
      return;
    case "delay_handshakes":
      exchange.handshakeDelayMs = command.ms;
      return;
    case "faults":
      exchange.faults = command;
  }
}
