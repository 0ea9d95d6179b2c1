import { credentialsInvalid, isMembers } from "./auth-document.js";
import type { Credential } from "./credentials.js";

/** What a member of `auths` says; undefined when it says nothing, as where a helper keeps the password.
 * @throws OciBuildError REGISTRY_CREDENTIALS_INVALID */
export function decodeAuthEntry(entry: unknown, file: string): Credential | undefined {
  if (!isMembers(entry)) throw credentialsInvalid(file, "a member of auths is no object");
  const identityToken = textOf(entry["identitytoken"]);
  if (identityToken !== "") return { kind: "identity-token", identityToken };
  const token = textOf(entry["registrytoken"]);
  if (token !== "") return { kind: "bearer", token };
  // Some tools wrap the lines of base64.
  const auth = textOf(entry["auth"]).replace(/[\r\n]/g, "");
  const [username, password] =
    auth === "" ? [textOf(entry["username"]), textOf(entry["password"])] : decodeAuth(auth, file);
  return username === "" && password === "" ? undefined : { kind: "basic", username, password };
}

/** `auth` is base64 of `name:password`; the password may have colons, and NULs at its end, which Docker drops. */
function decodeAuth(auth: string, file: string): readonly [string, string] {
  const text = Buffer.from(auth, "base64").toString("utf8");
  const colon = text.indexOf(":");
  if (colon < 0 || !/^[\w+/=-]+$/.test(auth)) {
    throw credentialsInvalid(file, "auth is no base64 of name:password");
  }
  return [text.slice(0, colon), text.slice(colon + 1).replace(/\0+$/, "")];
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
