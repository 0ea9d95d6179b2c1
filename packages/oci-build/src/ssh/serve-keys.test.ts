import { execFile, execFileSync } from "node:child_process";
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { once } from "node:events";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { agentClient, servedSocket } from "../../test/support/served-socket.js";
import { keygenKinds, makeKey, opensshObstacle } from "../../test/support/ssh-keygen.js";
import { verifiedName } from "../../test/support/verify-signature.js";
import { parsePrivateKey } from "./parse-private-key.js";
import { serveKeys } from "./serve-keys.js";
import { type SshKey, sshKey } from "./ssh-key.js";
import { WireReader, wireString, wireUint32 } from "./wire.js";

const keys: readonly SshKey[] = [
  sshKey(generateKeyPairSync("ed25519").privateKey, "first"),
  sshKey(generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey, ""),
  sshKey(generateKeyPairSync("ec", { namedCurve: "prime256v1" }).privateKey, "third"),
  sshKey(generateKeyPairSync("ec", { namedCurve: "secp384r1" }).privateKey, ""),
  sshKey(generateKeyPairSync("ec", { namedCurve: "secp521r1" }).privateKey, ""),
];

const run = promisify(execFile);
const FAILURE = Buffer.of(5);

function signRequest(blob: Uint8Array, data: Uint8Array, flags = 0): Buffer {
  return Buffer.concat([Buffer.of(13), wireString(blob), wireString(data), wireUint32(flags)]);
}

/** The signature in an answer. */
function signatureIn(answer: Buffer | undefined): Buffer {
  const reader = new WireReader(answer ?? Buffer.alloc(0));
  expect(reader.bytes(1)).toEqual(Buffer.of(14));
  const signature = reader.string();
  expect(reader.rest).toHaveLength(0);
  return signature;
}

describe("serveKeys", () => {
  it("lists its keys with their comments, in their order", async () => {
    const { ask } = await agentClient(await servedSocket(serveKeys(keys)));
    const reader = new WireReader((await ask(Buffer.of(11))) ?? Buffer.alloc(0));
    expect(reader.bytes(1)).toEqual(Buffer.of(12));
    const listed = Array.from({ length: reader.uint32() }, () => [reader.string(), reader.text()]);
    expect(listed).toEqual(keys.map(({ blob, comment }) => [blob, comment]));
    expect(reader.rest).toHaveLength(0);
  });

  it.each([
    [0, 0, "ssh-ed25519"],
    [1, 0, "ssh-rsa"],
    [1, 2, "rsa-sha2-256"],
    [1, 4, "rsa-sha2-512"],
    [1, 6, "rsa-sha2-256"],
    [2, 0, "ecdsa-sha2-nistp256"],
    [3, 0, "ecdsa-sha2-nistp384"],
    [4, 4, "ecdsa-sha2-nistp521"],
  ])("signs with the key %d under the flags %d as %s", async (index, flags, name) => {
    const { ask } = await agentClient(await servedSocket(serveKeys(keys)));
    const { blob } = keys[index] as SshKey;
    // Numbers of ECDSA are short or have a sign now and then.
    for (let times = 0; times < 20; times += 1) {
      const data = randomBytes(times * 10);
      expect(verifiedName(signatureIn(await ask(signRequest(blob, data, flags))), data, blob)).toBe(name);
    }
  });

  it("refuses everything else, and goes on", async () => {
    const { ask } = await agentClient(await servedSocket(serveKeys(keys)));
    const other = sshKey(generateKeyPairSync("ed25519").privateKey, "");
    expect(await ask(signRequest(other.blob, Buffer.alloc(3)))).toEqual(FAILURE);
    // Adding and removing keys and cards, locking, extensions, and what does not exist.
    for (const kind of [0, 1, 5, 9, 12, 14, 17, 18, 19, 20, 21, 22, 23, 25, 26, 27, 255]) {
      expect(await ask(Buffer.concat([Buffer.of(kind), wireString("x")]))).toEqual(FAILURE);
    }
    expect((await ask(Buffer.of(11)))?.[0]).toBe(12);
  });

  it.each<[string, Buffer]>([
    ["a length of 4 GiB", Buffer.from("ffffffff", "hex")],
    ["an empty message", wireUint32(0)],
    ["a request to sign nothing", wireString(Buffer.of(13))],
    [
      "a request with a length that leads beyond it",
      wireString(Buffer.concat([Buffer.of(13), wireUint32(9999)])),
    ],
    ["a request without flags", wireString(Buffer.concat([Buffer.of(13), wireString("k"), wireString("d")]))],
  ])("cuts off who sends %s, and serves others", async (_, bytes) => {
    const file = await servedSocket(serveKeys(keys));
    const hostile = await agentClient(file);
    hostile.socket.write(bytes);
    hostile.socket.resume();
    await once(hostile.socket, "close");
    const { ask } = await agentClient(file);
    expect((await ask(Buffer.of(11)))?.[0]).toBe(12);
  });

  it("refuses a signature that OpenSSL does not give", async () => {
    const sign = (): Promise<Buffer> => Promise.reject(new Error("disallowed"));
    const key: SshKey = { blob: Buffer.from("k"), comment: "", sign };
    const { ask } = await agentClient(await servedSocket(serveKeys([key])));
    expect(await ask(signRequest(key.blob, Buffer.alloc(1)))).toEqual(FAILURE);
  });

  it("answers who has ended its side, and ends then", async () => {
    const { socket } = await agentClient(await servedSocket(serveKeys(keys)));
    socket.end(Buffer.concat([wireString(Buffer.of(11)), wireString(Buffer.of(1))]));
    const received: Buffer[] = [];
    socket.on("data", (bytes: Buffer) => received.push(bytes));
    await once(socket, "close");
    expect(Buffer.concat(received).subarray(-5)).toEqual(wireString(FAILURE));
  });

  it("waits for who does not read its answers", async () => {
    let signed = 0;
    const key: SshKey = {
      blob: Buffer.from("k"),
      comment: "",
      sign: () => {
        signed += 1;
        return Promise.resolve(Buffer.alloc(100_000));
      },
    };
    const { socket } = await agentClient(await servedSocket(serveKeys([key])));
    socket.pause();
    const request = wireString(signRequest(key.blob, Buffer.alloc(0)));
    socket.write(Buffer.concat(Array.from({ length: 1000 }, () => request)));
    await new Promise((resolve) => setTimeout(resolve, 300));
    // What fits into the buffers between both is written.
    expect(signed).toBeLessThan(50);
  });
});

const obstacle = opensshObstacle();

describe.skipIf(obstacle)(`serveKeys, to OpenSSH${obstacle ? ` (skipped: ${obstacle})` : ""}`, () => {
  let folder: string;

  beforeAll(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "oci-build-keys-"));
  });

  afterAll(() => {
    fs.rmSync(folder, { recursive: true });
  });

  it.each(Object.keys(keygenKinds))("signs with %s what ssh-keygen verifies", async (kind) => {
    const { file, bytes, publicLine } = makeKey(folder, keygenKinds[kind] ?? []);
    const socket = await servedSocket(serveKeys([...keys, parsePrivateKey(bytes)]));
    // The private key is not where the public one is.
    fs.renameSync(file, `${file}.away`);
    const signed = path.join(folder, "signed");
    fs.writeFileSync(signed, "text");
    fs.rmSync(`${signed}.sig`, { force: true });
    const env = { ...process.env, SSH_AUTH_SOCK: socket };
    // Not synchronously: the agent is this process.
    await run("ssh-keygen", ["-Y", "sign", "-n", "test", "-f", `${file}.pub`, signed], { env });
    fs.writeFileSync(path.join(folder, "allowed"), `me ${publicLine}\n`);
    const args = [
      "-Y",
      "verify",
      "-n",
      "test",
      "-I",
      "me",
      "-f",
      path.join(folder, "allowed"),
      "-s",
      `${signed}.sig`,
    ];
    expect(execFileSync("ssh-keygen", args, { input: "text", encoding: "utf8" })).toContain("Good");
  });
});
