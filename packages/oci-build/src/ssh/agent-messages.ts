import type { Duplex } from "node:stream";
import { WireError, wireString } from "./wire.js";

/** What is asked of an agent and answered by it, as far as we know it; the first byte of a message.
 * @see https://datatracker.ietf.org/doc/html/draft-miller-ssh-agent-14#section-6.1 */
export const agentMessage = {
  failure: 5,
  requestIdentities: 11,
  identitiesAnswer: 12,
  signRequest: 13,
  signResponse: 14,
  extension: 27,
} as const;

/** The longest message, as OpenSSH's agent has it. */
const MESSAGE_MAX_BYTES = 256 * 1024;

/** The answer to all that is refused. */
export const refusal: Uint8Array = Uint8Array.of(agentMessage.failure);

/** Gives one message after the other, without their lengths; holds no more than one of them.
 * @throws WireError for one that is empty or longer than an agent's may be */
export async function* readMessages(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, undefined> {
  let part = Buffer.alloc(4);
  let reads: "length" | "message" = "length";
  let filled = 0;
  for await (const chunk of chunks) {
    for (let rest = chunk; rest.length > 0; ) {
      const count = rest.copy(part, filled);
      rest = rest.subarray(count);
      filled += count;
      if (filled < part.length) continue;
      filled = 0;
      if (reads === "message") yield part;
      part = Buffer.alloc(reads === "length" ? messageLength(part) : 4);
      reads = reads === "length" ? "message" : "length";
    }
  }
}

function messageLength(header: Buffer): number {
  const length = header.readUInt32BE();
  if (length === 0 || length > MESSAGE_MAX_BYTES) throw new WireError(`a message of ${length} bytes`);
  return length;
}

/** Resolves when the other side has taken it, so that nothing piles up for one that does not read. */
export function sendMessage(stream: Duplex, message: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(wireString(message), (error) => (error == null ? resolve() : reject(error)));
  });
}
