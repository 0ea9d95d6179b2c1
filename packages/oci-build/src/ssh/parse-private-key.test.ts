import { execFileSync } from "node:child_process";
import { generateKeyPairSync, type KeyObject } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { keygenKinds, makeKey, opensshObstacle } from "../../test/support/ssh-keygen.js";
import { verifiedName } from "../../test/support/verify-signature.js";
import { type KeyProblem, KeyProblemError } from "./key-problem.js";
import { parsePrivateKey } from "./parse-private-key.js";
import { wireString, wireUint32 } from "./wire.js";

const obstacle = opensshObstacle();
let folder: string;

beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "oci-build-keys-"));
});

afterAll(() => {
  fs.rmSync(folder, { recursive: true });
});

/** What is wrong with a file; undefined for a key. Any other error is none of ours. */
function problemOf(bytes: Buffer): KeyProblem | undefined {
  try {
    parsePrivateKey(bytes);
    return undefined;
  } catch (error) {
    if (error instanceof KeyProblemError) return error.problem;
    throw error;
  }
}

function pem(key: KeyObject, type: "pkcs8" | "pkcs1" | "sec1" = "pkcs8"): Buffer {
  return Buffer.from(key.export({ type, format: "pem" }) as string);
}

/** What stands before the numbers of a key, in OpenSSH's form. */
function opensshFile(kind: string, cipher = "none"): Buffer {
  const inner = Buffer.concat([wireUint32(7), wireUint32(7), wireString(kind), wireString("more")]);
  const head = [Buffer.from("openssh-key-v1\0"), ...[cipher, "none", ""].map(wireString), wireUint32(1)];
  const body = Buffer.concat([...head, wireString("public"), wireString(inner)]).toString("base64");
  return Buffer.from(`-----BEGIN OPENSSH PRIVATE KEY-----\n${body}\n-----END OPENSSH PRIVATE KEY-----\n`);
}

const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
const ec = generateKeyPairSync("ec", { namedCurve: "prime256v1" }).privateKey;

describe("parsePrivateKey", () => {
  it.each<[string, Buffer, string]>([
    ["PKCS #8, of Ed25519", pem(generateKeyPairSync("ed25519").privateKey), "ssh-ed25519"],
    ["PKCS #8, of RSA", pem(rsa), "ssh-rsa"],
    ["PKCS #1", pem(rsa, "pkcs1"), "ssh-rsa"],
    ["PKCS #8, of ECDSA", pem(ec), "ecdsa-sha2-nistp256"],
    ["SEC 1", pem(ec, "sec1"), "ecdsa-sha2-nistp256"],
  ])("reads %s", (_, bytes, kind) => {
    const { blob, comment } = parsePrivateKey(bytes);
    expect(blob.subarray(4, 4 + kind.length).toString()).toBe(kind);
    expect(comment).toBe("");
  });

  it.each<[string, KeyProblem, Buffer]>([
    ["nothing", "malformed", Buffer.alloc(0)],
    ["text", "malformed", Buffer.from("key")],
    [
      "a PEM of something else",
      "malformed",
      Buffer.from(pem(rsa).toString().replaceAll("PRIVATE", "SECRET")),
    ],
    [
      "OpenSSH's form with nothing in it",
      "malformed",
      Buffer.from(
        opensshFile("")
          .toString()
          .replace(/\nb3[\w+/=\n]*-/, "\n-"),
      ),
    ],
    ["a key that is in a device", "unsupported", opensshFile("sk-ssh-ed25519@openssh.com")],
    [
      "DSA",
      "unsupported",
      pem(generateKeyPairSync("dsa", { modulusLength: 1024, divisorLength: 160 }).privateKey),
    ],
    ["Ed448", "unsupported", pem(generateKeyPairSync("ed448").privateKey)],
    ["a key that signs nothing", "unsupported", pem(generateKeyPairSync("x25519").privateKey)],
    [
      "RSA for PSS alone",
      "unsupported",
      pem(generateKeyPairSync("rsa-pss", { modulusLength: 1024 }).privateKey),
    ],
    [
      "RSA with too few bits",
      "unsupported",
      pem(generateKeyPairSync("rsa", { modulusLength: 768 }).privateKey),
    ],
    [
      "a curve that SSH does not have",
      "unsupported",
      pem(generateKeyPairSync("ec", { namedCurve: "secp256k1" }).privateKey),
    ],
    [
      "a public key",
      "public",
      Buffer.from(generateKeyPairSync("ed25519").publicKey.export({ type: "spki", format: "pem" })),
    ],
    ["the public file of OpenSSH", "public", Buffer.from("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5 me")],
    ["an encrypted key of OpenSSH", "encrypted", opensshFile("", "aes256-ctr")],
    [
      "an encrypted key in PKCS #8",
      "encrypted",
      Buffer.from(rsa.export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "x" })),
    ],
    [
      "an encrypted key in PKCS #1",
      "encrypted",
      Buffer.from(rsa.export({ type: "pkcs1", format: "pem", cipher: "aes-256-cbc", passphrase: "x" })),
    ],
  ])("says what is wrong with %s: %s", (_, problem, bytes) => {
    expect(problemOf(bytes)).toBe(problem);
  });

  it("tells of an unknown kind no more than a name's length", () => {
    expect(() => parsePrivateKey(opensshFile("x".repeat(10_000)))).toThrow(
      `keys of the kind ${"x".repeat(64)} are not supported`,
    );
  });
});

describe.skipIf(obstacle)(
  `parsePrivateKey, of files of ssh-keygen${obstacle ? ` (skipped: ${obstacle})` : ""}`,
  () => {
    const kinds = Object.keys(keygenKinds).map((kind) => ({ kind, args: keygenKinds[kind] ?? [] }));

    it.each(kinds)("reads $kind in OpenSSH's form, with its comment", ({ args }) => {
      const { bytes, publicLine } = makeKey(folder, args);
      const { blob, comment } = parsePrivateKey(bytes);
      expect(`${publicLine.split(" ")[0]} ${blob.toString("base64")} ${comment}`).toBe(publicLine);
    });

    it.each(
      kinds.slice(1).flatMap(({ kind, args }) => ["PEM", "PKCS8"].map((form) => ({ kind, args, form }))),
    )("reads $kind as $form", ({ args, form }) => {
      const { bytes, publicLine } = makeKey(folder, [...args, "-m", form]);
      expect(parsePrivateKey(bytes).blob.toString("base64")).toBe(publicLine.split(" ")[1]);
    });

    it.each(["RFC4716", "PEM", "PKCS8"])("refuses encrypted keys as %s", (form) => {
      expect(problemOf(makeKey(folder, ["-t", "rsa", "-b", "2048", "-m", form], "a passphrase").bytes)).toBe(
        "encrypted",
      );
    });

    it.each(["RFC4716", "PEM", "PKCS8"])("refuses public keys as %s", (form) => {
      const { file } = makeKey(folder, ["-t", "rsa", "-b", "2048"]);
      expect(problemOf(execFileSync("ssh-keygen", ["-e", "-m", form, "-f", file]))).toBe("public");
    });

    it.each(["Ed25519", "RSA", "ECDSA on P-521"])(
      "takes no %s that is cut or damaged anywhere",
      async (kind) => {
        const lines = makeKey(folder, keygenKinds[kind] ?? [])
          .bytes.toString()
          .trim()
          .split("\n");
        const whole = Buffer.from(lines.slice(1, -1).join(""), "base64");
        const wrapped = (body: Buffer): Buffer =>
          Buffer.from([lines[0], body.toString("base64"), lines.at(-1), ""].join("\n"));
        const data = Buffer.from("signed");
        const expected = parsePrivateKey(wrapped(whole));
        for (let at = 0; at < whole.length; at += kind === "RSA" ? 7 : 1) {
          const cut = problemOf(wrapped(whole.subarray(0, at)));
          expect([at, cut]).toEqual([at, "malformed"]);
          const changed = Buffer.from(whole);
          changed[at] = (changed[at] ?? 0) ^ 0x41;
          // What only says something beside the key may change.
          if (problemOf(wrapped(changed)) !== undefined) continue;
          expect(at).toBeLessThan(whole.length - 1);
          const { blob, sign } = parsePrivateKey(wrapped(changed));
          expect([at, blob]).toEqual([at, expected.blob]);
          expect([at, verifiedName(await sign(data, 2), data, blob)]).toEqual([at, expect.any(String)]);
        }
      },
    );
  },
);
