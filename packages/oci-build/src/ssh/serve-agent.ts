import { createConnection, type Socket } from "node:net";
import type { ServeConnection } from "@oci-build/executor";
import { agentMessage, readMessages, refusal, sendMessage } from "./agent-messages.js";
import { WireError, WireReader } from "./wire.js";

/** Tells an agent which server a signature is for, so that it can hold to what a key is restricted to. */
const SESSION_BIND = "session-bind@openssh.com";

/** Serves with the keys of an agent of the host: what lists them and signs with them is passed on, and all else refused.
 * An agent also takes and drops keys, and loads libraries that it is told of, for whoever may connect.
 * Differs: BuildKit refuses `session-bind@openssh.com`, too, without which an agent cannot hold to restrictions. */
export function serveAgent(socket: string): ServeConnection {
  return async (connection) => {
    const agent = createConnection(socket);
    agent.once("error", () => agent.destroy());
    // The command may end before there is an answer.
    connection.once("close", () => agent.destroy());
    try {
      const answers = readMessages(agent);
      for await (const request of readMessages(connection)) {
        await sendMessage(connection, isPassed(request) ? await ask(agent, answers, request) : refusal);
      }
    } finally {
      agent.destroy();
    }
  };
}

async function ask(agent: Socket, answers: AsyncIterator<Buffer, void>, request: Buffer): Promise<Buffer> {
  await sendMessage(agent, request);
  const { value } = await answers.next();
  if (value === undefined) throw new WireError("the agent has ended");
  return value;
}

function isPassed(request: Buffer): boolean {
  switch (request[0]) {
    case agentMessage.requestIdentities:
    case agentMessage.signRequest:
      return true;
    case agentMessage.extension:
      return new WireReader(request.subarray(1)).text() === SESSION_BIND;
    default:
      return false;
  }
}
