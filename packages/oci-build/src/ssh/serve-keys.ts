import type { ServeConnection } from "@oci-build/executor";
import { agentMessage, readMessages, refusal, sendMessage } from "./agent-messages.js";
import type { SshKey } from "./ssh-key.js";
import { WireReader, wireString, wireUint32 } from "./wire.js";

/** Serves as an agent that has certain keys: it lists them and signs with them, and refuses all else. One request of a
 * connection is answered at a time. */
export function serveKeys(keys: readonly SshKey[]): ServeConnection {
  return async (connection) => {
    for await (const request of readMessages(connection)) {
      await sendMessage(connection, await answer(request, keys));
    }
  };
}

async function answer(request: Buffer, keys: readonly SshKey[]): Promise<Uint8Array> {
  const reader = new WireReader(request.subarray(1));
  switch (request[0]) {
    case agentMessage.requestIdentities:
      return identities(keys);
    case agentMessage.signRequest:
      return await signed(reader, keys);
    default:
      return refusal;
  }
}

function identities(keys: readonly SshKey[]): Buffer {
  const each = keys.flatMap(({ blob, comment }) => [wireString(blob), wireString(comment)]);
  return Buffer.concat([Buffer.of(agentMessage.identitiesAnswer), wireUint32(keys.length), ...each]);
}

/** key · data · flags */
async function signed(reader: WireReader, keys: readonly SshKey[]): Promise<Uint8Array> {
  const [blob, data, flags] = [reader.string(), reader.string(), reader.uint32()];
  const key = keys.find((known) => known.blob.equals(blob));
  // Where OpenSSL is told to refuse old hashes there is no signature.
  const signature = await key?.sign(data, flags).catch(() => undefined);
  if (signature === undefined) return refusal;
  return Buffer.concat([Buffer.of(agentMessage.signResponse), wireString(signature)]);
}
