import { execFile, spawn } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import type { ServeConnection } from "@oci-build/executor";
import { describe, expect, it, onTestFinished } from "vitest";
import { agentClient, servedSocket } from "../../test/support/served-socket.js";
import { keygenKinds, makeKey, opensshObstacle } from "../../test/support/ssh-keygen.js";
import { verifiedName } from "../../test/support/verify-signature.js";
import { readMessages, sendMessage } from "./agent-messages.js";
import { serveAgent } from "./serve-agent.js";
import { serveKeys } from "./serve-keys.js";
import { sshKey } from "./ssh-key.js";
import { WireReader, wireString, wireUint32 } from "./wire.js";

const run = promisify(execFile);
const FAILURE = Buffer.of(5);
const SUCCESS = Buffer.of(6);

/** An agent that does all that it is asked, and what it was asked. */
function willingAgent(): { readonly asked: Buffer[]; readonly serve: ServeConnection } {
  const asked: Buffer[] = [];
  return {
    asked,
    serve: async (connection) => {
      for await (const message of readMessages(connection)) {
        asked.push(message);
        await sendMessage(connection, SUCCESS);
      }
    },
  };
}

function extension(name: string): Buffer {
  return Buffer.concat([Buffer.of(27), wireString(name), Buffer.from("more")]);
}

describe("serveAgent", () => {
  it("has the agent list and sign", async () => {
    const key = sshKey(generateKeyPairSync("ed25519").privateKey, "a comment");
    const { ask } = await agentClient(await servedSocket(serveAgent(await servedSocket(serveKeys([key])))));
    expect((await ask(Buffer.of(11)))?.includes("a comment")).toBe(true);
    const data = Buffer.from("data");
    const request = [Buffer.of(13), wireString(key.blob), wireString(data), wireUint32(0)];
    const reader = new WireReader((await ask(Buffer.concat(request))) ?? Buffer.alloc(0));
    expect(reader.bytes(1)).toEqual(Buffer.of(14));
    expect(verifiedName(reader.string(), data, key.blob)).toBe("ssh-ed25519");
  });

  it("passes on no request to change the agent or to have it load something", async () => {
    const { asked, serve } = willingAgent();
    const { ask } = await agentClient(await servedSocket(serveAgent(await servedSocket(serve))));
    for (const kind of [17, 18, 19, 20, 21, 22, 23, 25, 26, 255]) {
      expect(await ask(Buffer.concat([Buffer.of(kind), wireString("/tmp/library.so")]))).toEqual(FAILURE);
    }
    expect(await ask(extension("query"))).toEqual(FAILURE);
    expect(asked).toEqual([]);
  });

  it("tells the agent which server a signature is for, so that it can hold to restrictions", async () => {
    // Differs: BuildKit refuses session-bind@openssh.com, too.
    const { asked, serve } = willingAgent();
    const { ask } = await agentClient(await servedSocket(serveAgent(await servedSocket(serve))));
    const bind = extension("session-bind@openssh.com");
    expect(await ask(bind)).toEqual(SUCCESS);
    expect(asked).toEqual([bind]);
  });

  it("cuts off the command where the agent has gone", async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "oci-build-agent-"));
    onTestFinished(() => fs.rmSync(folder, { recursive: true }));
    const { ask } = await agentClient(await servedSocket(serveAgent(path.join(folder, "none"))));
    expect(await ask(Buffer.of(11))).toBeUndefined();
  });

  it("cuts off the command where the agent does not speak as one", async () => {
    const babble: ServeConnection = (connection) => {
      connection.write("SSH-2.0-babble\r\n");
      return new Promise((resolve) => connection.once("close", resolve));
    };
    const { ask } = await agentClient(await servedSocket(serveAgent(await servedSocket(babble))));
    expect(await ask(Buffer.of(11))).toBeUndefined();
  });

  it("leaves the agent when the command has ended, also while the agent asks its user", async () => {
    let left: () => void = () => undefined;
    const hasLeft = new Promise<void>((resolve) => {
      left = resolve;
    });
    const silent = await servedSocket(async (connection) => {
      connection.resume();
      await once(connection, "end");
      left();
    });
    const ending = await servedSocket((connection) => {
      connection.once("readable", () => setTimeout(() => connection.destroy(), 50));
      return serveAgent(silent)(connection);
    });
    const { ask } = await agentClient(ending);
    expect(await ask(Buffer.of(11))).toBeUndefined();
    await hasLeft;
  });
});

const obstacle = opensshObstacle();

describe.skipIf(obstacle)(
  `serveAgent, of OpenSSH's agent${obstacle ? ` (skipped: ${obstacle})` : ""}`,
  () => {
    it("lists its keys, and has it drop none", async () => {
      const folder = fs.mkdtempSync(path.join(os.tmpdir(), "oci-build-agent-"));
      const own = path.join(folder, "own");
      const agent = spawn("ssh-agent", ["-D", "-a", own], { stdio: ["ignore", "pipe", "inherit"] });
      onTestFinished(() => {
        agent.kill();
        fs.rmSync(folder, { recursive: true });
      });
      await once(agent.stdout, "data");
      const { file, publicLine } = makeKey(folder, keygenKinds["Ed25519"] ?? []);
      const add = (socket: string, ...args: readonly string[]) =>
        run("ssh-add", args, { env: { ...process.env, SSH_AUTH_SOCK: socket } });
      await add(own, "-q", file);
      const passed = await servedSocket(serveAgent(own));
      expect((await add(passed, "-L")).stdout.trim()).toBe(publicLine);
      await expect(add(passed, "-D")).rejects.toThrow();
      await expect(add(passed, "-q", file)).rejects.toThrow();
      expect((await add(own, "-L")).stdout.trim()).toBe(publicLine);
    });
  },
);
