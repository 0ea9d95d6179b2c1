import { optionInvalid } from "./option-invalid.js";
import type { HostEntry } from "./run-options.js";

/** What a RUN reaches this host by: it is on the host's own network, so that is where the host listens. */
const HOST_GATEWAY_ADDRESS = "127.0.0.1";

/** A name of one or several labels; nothing in it can end the line or begin a comment. */
const HOST_NAME = /^[\p{L}\p{N}_](?:[\p{L}\p{N}_.-]{0,252})$/u;

/** Lines of /etc/hosts with the addresses that stand for themselves.
 * Differs: `host-gateway` is 127.0.0.1, since RUN is on the host's network; with Docker it is the bridge's address.
 * @throws OciBuildError OPTION_INVALID */
export function resolveHosts(entries: readonly HostEntry[]): readonly HostEntry[] {
  return entries.map(({ name, address }) => {
    if (!HOST_NAME.test(name)) throw optionInvalid("--add-host", name, "that is no name of a host");
    if (address === "host-gateway") return { name, address: HOST_GATEWAY_ADDRESS };
    if (isAddress(address)) return { name, address };
    throw optionInvalid(
      "--add-host",
      `${name}=${address}`,
      "the address is no IP address and not host-gateway",
    );
  });
}

/** Not by node:net, which takes longer to load than the rest of the options takes. */
function isAddress(text: string): boolean {
  if (/^(?:\d+\.){3}\d+$/.test(text))
    return text.split(".").every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256);
  return /^[\da-f:.]+$/i.test(text) && URL.canParse(`http://[${text}]/`);
}
