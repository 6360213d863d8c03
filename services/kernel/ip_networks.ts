import { BlockList, isIP } from "node:net";

/** Bits of an address by its version. */
const BITS: Readonly<Record<number, number>> = { 4: 32, 6: 128 };

/** Whether the text is an address (`10.0.0.1`) or a network (`10.0.0.0/8`), of either version. */
export function isIpNetwork(text: string): boolean {
  const [address = "", length, ...more] = text.split("/");
  const bits = BITS[isIP(address)];
  if (bits === undefined || more.length > 0) return false;
  return length === undefined || (/^\d{1,3}$/.test(length) && Number(length) <= bits);
}

/**
 * The address as it is compared: IPv4 as such also where it is written as IPv6, without the zone
 * of a link. `null` for what is none.
 */
export function ipOf(text: string): string | null {
  const [bare = ""] = text.split("%");
  const address = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(bare)?.[1] ?? bare;
  return isIP(address) > 0 ? address : null;
}

/** Addresses and networks of either version. */
export class IpNetworks {
  readonly #list = new BlockList();
  readonly #isEmpty: boolean;

  /** Each as `isIpNetwork` takes it; throws `RangeError` for any other. */
  constructor(networks: readonly string[]) {
    this.#isEmpty = networks.length === 0;
    for (const network of networks) {
      if (!isIpNetwork(network)) {
        throw new RangeError(
          `Cannot read the network "${network}": expected ADDRESS or ADDRESS/BITS`,
        );
      }
      const [address = "", length] = network.split("/");
      this.#list.addSubnet(address, Number(length ?? BITS[isIP(address)]), familyOf(address));
    }
  }

  /** Whether an address, as `ipOf` gives it, is in one of them. */
  has(address: string): boolean {
    return !this.#isEmpty && this.#list.check(address, familyOf(address));
  }
}

function familyOf(address: string): "ipv4" | "ipv6" {
  return isIP(address) === 6 ? "ipv6" : "ipv4";
}
