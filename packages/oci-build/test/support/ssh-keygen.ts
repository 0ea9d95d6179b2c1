import { execFileSync, spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";

/** Keys as `ssh-keygen` makes them: its arguments by a name. */
export const keygenKinds: Readonly<Record<string, readonly string[]>> = {
  Ed25519: ["-t", "ed25519"],
  RSA: ["-t", "rsa", "-b", "2048"],
  "ECDSA on P-256": ["-t", "ecdsa", "-b", "256"],
  "ECDSA on P-384": ["-t", "ecdsa", "-b", "384"],
  "ECDSA on P-521": ["-t", "ecdsa", "-b", "521"],
};

/** Why tests with OpenSSH's programs cannot run here; undefined when they can. */
export function opensshObstacle(): string | undefined {
  // It has no option that ends well: being there is that it says how it is used.
  return spawnSync("ssh-keygen", ["-?"]).error === undefined
    ? undefined
    : "needs ssh-keygen, not installed here";
}

/** A key in files of its own. */
export interface KeyFiles {
  readonly file: string;
  readonly bytes: Buffer;
  /** `kind base64 comment`. */
  readonly publicLine: string;
}

/** Has a key made, without a passphrase where none is given. */
export function makeKey(folder: string, args: readonly string[], passphrase = ""): KeyFiles {
  const file = path.join(fs.mkdtempSync(path.join(folder, "key-")), "id");
  execFileSync("ssh-keygen", ["-q", "-N", passphrase, "-C", "a comment", "-f", file, ...args], {
    stdio: "pipe",
  });
  return { file, bytes: fs.readFileSync(file), publicLine: fs.readFileSync(`${file}.pub`, "utf8").trim() };
}
