import { type AuthDocument, membersOf, readAuthDocument } from "./auth-document.js";
import { dockerKey, parseAuthKey } from "./auth-key.js";
import { type CredentialPlacesOptions, loginPlace } from "./auth-places.js";
import { configuredHelper } from "./configured-helper.js";
import { callHelper, helperFailed } from "./credential-helper.js";
import { dockerCredentials } from "./docker-credentials.js";
import { helperCredential } from "./helper-credential.js";
import { writeAuthFile } from "./write-auth-file.js";

/** What came of a logout. */
export interface RemovedLogin {
  readonly outcome: "removed" | "absent";
  /** Whether there still are credentials for the registry, which somebody else left elsewhere: see
   * `dockerCredentials`. */
  readonly others: "left" | "none";
}

/** Forgets what `saveLogin` and `docker login` kept for a registry, however its key is spelled. Keys for single
 * repositories stay.
 * @throws OciBuildError REGISTRY_CREDENTIALS_INVALID, REGISTRY_CREDENTIALS_UNWRITABLE, REGISTRY_HELPER_FAILED */
export async function removeLogin(
  registry: string,
  options: CredentialPlacesOptions = {},
): Promise<RemovedLogin> {
  const document = await readAuthDocument(loginPlace(options));
  const erased = document === undefined ? false : await eraseFromHelper(document, registry, options);
  const removed = document === undefined ? false : await removeEntries(document, registry);
  const left = await dockerCredentials(options).find(registry);
  return {
    outcome: erased || removed ? "removed" : "absent",
    others: left === undefined ? "none" : "left",
  };
}

/** True when the helper had it. */
async function eraseFromHelper(
  document: AuthDocument,
  registry: string,
  { env = process.env }: CredentialPlacesOptions,
): Promise<boolean> {
  const helper = configuredHelper(document, registry);
  if (helper === undefined) return false;
  const server = dockerKey(registry);
  // Helpers differ in what they make of erasing what is not there.
  if ((await helperCredential(helper, server, env)) === undefined) return false;
  const call = { helper, action: "erase", input: server, env } as const;
  const { status, output } = await callHelper(call);
  if (status === "failed") throw helperFailed(call, output);
  return true;
}

async function removeEntries(document: AuthDocument, registry: string): Promise<boolean> {
  const auths = Object.entries(membersOf(document, "auths"));
  const kept = auths.filter(([key]) => {
    const { registry: named, scope } = parseAuthKey(key);
    return named !== registry || scope !== "";
  });
  if (kept.length === auths.length) return false;
  await writeAuthFile(document.name, { ...document.members, auths: Object.fromEntries(kept) });
  return true;
}
