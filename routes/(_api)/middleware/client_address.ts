import { IpNetworks, ipOf } from "../../../services/kernel/ip_networks.ts";

/** Where a request comes from, as `Deno.serve` tells it. */
export interface ConnectionInfo {
  readonly remoteAddr: { readonly hostname?: string };
}

/** Who asks. */
export interface Client {
  /** An IP address, or `unknown`. */
  readonly address: string;
  /** Whether the address is the client's own, as opposed to that of a proxy it hides behind. */
  readonly isOwn: boolean;
}

/** Whoever opened the connection, and whether its word on others is taken. */
interface Peer {
  readonly client: Client;
  readonly isTrusted: boolean;
}

const STRANGER: Peer = { client: { address: "unknown", isOwn: false }, isTrusted: false };

/** Hops of one request that are looked at, from this end. */
const MAX_HOPS = 32;

/**
 * Finds out who asks: whoever opened the connection, unless that is a proxy which is trusted. Then
 * its `X-Forwarded-For` or `Forwarded` (RFC 7239) tells, read from its end: each hop was written by
 * the one after it, so the first that is no trusted proxy is the last that can be believed.
 */
export class ClientAddresses {
  readonly #trusted: IpNetworks;
  /** The newest peer: most requests come over a connection that brought others. */
  #known: { readonly text: string; readonly peer: Peer } = { text: "", peer: STRANGER };

  /** `trustedProxies` are addresses and networks. */
  constructor(trustedProxies: readonly string[]) {
    this.#trusted = new IpNetworks(trustedProxies);
  }

  /** The client of a request. */
  of(request: Request, info: ConnectionInfo | undefined): Client {
    const text = info?.remoteAddr.hostname ?? "";
    if (this.#known.text !== text) this.#known = { text, peer: this.#peerOf(text) };
    const { client, isTrusted } = this.#known.peer;
    return isTrusted ? this.#behind(client, request) : client;
  }

  #peerOf(text: string): Peer {
    const address = ipOf(text);
    if (address === null) return STRANGER;
    return { client: { address, isOwn: true }, isTrusted: this.#trusted.has(address) };
  }

  #behind(proxy: Client, { headers }: Request): Client {
    const plain = headers.get("x-forwarded-for");
    const standard = headers.get("forwarded");
    // What the proxy itself asks for, such as whether we are well.
    if (plain === null && standard === null) return proxy;
    const told = [plain?.split(","), standard?.split(",").map(forOf)].flatMap((hops) =>
      hops === undefined ? [] : [this.#lastBelieved(hops)]
    );
    const [address = null, other = address] = told;
    // A proxy writes one of the two and may pass the other on as the client made it up.
    if (address === null || address !== other) return { ...proxy, isOwn: false };
    return { address, isOwn: true };
  }

  /** `null` where a hop that matters has no address. */
  #lastBelieved(hops: readonly string[]): string | null {
    const near = hops.slice(-MAX_HOPS).map(hopAddress);
    for (const address of near.toReversed()) {
      if (address === null || !this.#trusted.has(address)) return address;
    }
    return near[0] ?? null;
  }
}

/** The `for` of one element of `Forwarded`; empty where there is none. */
function forOf(element: string): string {
  return /(?:^|;)\s*for=(?:"([^"]*)"|([^";\s]*))\s*(?:;|$)/i.exec(element)?.slice(1).join("") ?? "";
}

/** The address of a hop, whose port may stand behind it: `192.0.2.1:4711`, `[2001:db8::1]:4711`. */
function hopAddress(hop: string): string | null {
  const text = hop.trim();
  const [, bracketed, withPort] = /^\[([^\]]*)\](?::\d+)?$|^([^:]*):\d+$/.exec(text) ?? [];
  return ipOf(bracketed ?? withPort ?? text);
}
