import { quoted } from "../diagnostics/quoted.js";
/** The ports of one word of EXPOSE. */
export interface PortSpec {
  readonly ok: true;
  /** `80/tcp`, one for each port of a range, ascending. */
  readonly ports: readonly string[];
  /** Whether an address or port of the host was given; it means nothing, and is dropped. */
  readonly hasHostPart: boolean;
}

/** What is wrong with a word of EXPOSE. */
export interface PortSpecError {
  readonly ok: false;
  readonly message: string;
}

const maxPort = 65535;
const protocols: ReadonlySet<string> = new Set(["tcp", "udp", "sctp"]);

/** Reads `[[IP:]HOST:]PORT[-PORT][/PROTOCOL]` after expansion. The protocol is tcp by default and becomes lower case.
 * @see https://docs.docker.com/reference/dockerfile/#expose */
export function parsePortSpec(text: string): PortSpec | PortSpecError {
  const read = readPortRange(text);
  if (!read.ok) return read;
  const { first, last, protocol, hasHostPart } = read;
  const ports = Array.from(
    { length: last - first + 1 },
    (_, index) => `${String(first + index)}/${protocol}`,
  );
  return { ok: true, ports, hasHostPart };
}

/** The ports of one word as their first and last; of thousands of ports no list is made. */
interface PortRange {
  readonly ok: true;
  readonly first: number;
  readonly last: number;
  readonly protocol: string;
  readonly hasHostPart: boolean;
}

/** What `parsePortSpec` reads, for who only wants to know whether it is valid. */
export function readPortRange(text: string): PortRange | PortSpecError {
  const fields = text.split(":");
  const container = fields.at(-1) ?? "";
  const slash = container.indexOf("/");
  const range = slash < 0 ? container : container.slice(0, slash);
  const protocol = slash < 0 ? "tcp" : container.slice(slash + 1).toLowerCase() || "tcp";
  if (range === "") return invalid(text, "has no port");
  if (!protocols.has(protocol))
    return invalid(text, `has protocol ${quoted(protocol)}, not tcp, udp or sctp`);
  const ports = parseRange(range);
  if (ports === undefined) return invalid(text, "is not PORT or FIRST-LAST with ports from 0 to 65535");
  const hostPort = fields.at(-2) ?? "";
  const hostPorts = hostPort === "" ? ports : parseRange(hostPort);
  if (hostPorts === undefined) return invalid(text, "has no valid host port");
  const [first, last] = ports;
  const isSameLength = last - first === hostPorts[1] - hostPorts[0];
  if (!isSameLength && last !== first) return invalid(text, "has ranges of different length");
  if (!isAddress(fields.slice(0, -2).join(":"))) return invalid(text, "has no valid IP address");
  return { ok: true, first, last, protocol, hasHostPart: fields.length > 1 };
}

function invalid(text: string, problem: string): PortSpecError {
  return { ok: false, message: `port ${quoted(text)} ${problem}` };
}

function parseRange(text: string): readonly [number, number] | undefined {
  const match = /^(\d+)(?:-(\d+))?$/.exec(text);
  if (match === null) return undefined;
  const first = Number(match[1]);
  const last = match[2] === undefined ? first : Number(match[2]);
  return first > maxPort || last > maxPort || last < first ? undefined : [first, last];
}

/** Nothing, four numbers, or what consists of hex groups and colons; the address is not used for anything. */
function isAddress(text: string): boolean {
  if (text === "") return true;
  const bytes = text.split(".");
  if (bytes.length === 4) return bytes.every((byte) => /^\d{1,3}$/.test(byte) && Number(byte) <= 255);
  return /^\[?[0-9a-fA-F:.]+\]?$/.test(text) && text.includes(":");
}
