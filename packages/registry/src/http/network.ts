import { BlockList, isIP } from "node:net";

const PREFIX_MAX = { 4: 32, 6: 128 } as const;

/** True for an address within a network: `10.0.0.0/8`, `fd00::/8`. A host name is within none. */
export function isInNetwork(address: string, network: string): boolean {
  const [, base = "", length] = /^([\d.a-f:]+)\/(\d{1,3})$/i.exec(network) ?? [];
  const version = isIP(address);
  if ((version !== 4 && version !== 6) || isIP(base) !== version) return false;
  if (Number(length) > PREFIX_MAX[version]) return false;
  const family = version === 4 ? "ipv4" : "ipv6";
  const list = new BlockList();
  list.addSubnet(base, Number(length), family);
  return list.check(address, family);
}
