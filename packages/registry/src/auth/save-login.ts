import { type AuthDocument, isMembers, type Members, membersOf, readAuthDocument } from "./auth-document.js";
import { dockerKey, parseAuthKey } from "./auth-key.js";
import { type AuthFilePlace, type CredentialPlacesOptions, loginPlace } from "./auth-places.js";
import { configuredHelper } from "./configured-helper.js";
import { callHelper, helperFailed } from "./credential-helper.js";
import { writeAuthFile } from "./write-auth-file.js";

/** What to keep. */
export interface LoginToSave {
  /** As in `Reference.registry`. */
  readonly registry: string;
  readonly username: string;
  readonly password: string;
}

/** Where a login is kept now: with a helper, or in the file, where anyone who can read it can read the password. */
export interface SavedLogin {
  readonly kept: "helper" | "file";
  /** The helper's name, or the file's path. */
  readonly where: string;
}

/** Keeps a login where `docker login` keeps it: with the helper that Docker's `config.json` names, else in that file; or
 * in the file of REGISTRY_AUTH_FILE. Everything else in the file stays as it is and in its order; it is replaced in one
 * go and private to its owner. The login is not tried: `RegistryClient.checkLogin` does that.
 * @throws OciBuildError REGISTRY_CREDENTIALS_INVALID, REGISTRY_CREDENTIALS_UNWRITABLE, REGISTRY_HELPER_FAILED */
export async function saveLogin(
  login: LoginToSave,
  options: CredentialPlacesOptions = {},
): Promise<SavedLogin> {
  const place = loginPlace(options);
  const document = (await readAuthDocument(place)) ?? { name: place.file, members: {} };
  const helper = configuredHelper(document, login.registry);
  const key = keyAt(place, login.registry);
  if (helper === undefined) {
    const auth = Buffer.from(`${login.username}:${login.password}`).toString("base64");
    await writeAuthFile(place.file, withEntry(document, key, { auth }));
    return { kept: "file", where: place.file };
  }
  await store(helper, login, options);
  // Docker lists the registries that a helper knows this way.
  await writeAuthFile(place.file, withEntry(document, key, {}));
  return { kept: "helper", where: `docker-credential-${helper}` };
}

/** What a registry is called at a place. */
function keyAt({ dialect }: AuthFilePlace, registry: string): string {
  return dialect === "docker" ? dockerKey(registry) : registry;
}

async function store(
  helper: string,
  { registry, username, password }: LoginToSave,
  { env = process.env }: CredentialPlacesOptions,
): Promise<void> {
  const input = JSON.stringify({ ServerURL: dockerKey(registry), Username: username, Secret: password });
  const call = { helper, action: "store", input, env, secret: password } as const;
  const { status, output } = await callHelper(call);
  if (status === "failed") throw helperFailed(call, output);
}

/** What a login is made of; the rest of an entry is not ours. */
const LOGIN_MEMBERS: ReadonlySet<string> = new Set([
  "auth",
  "username",
  "password",
  "identitytoken",
  "registrytoken",
]);

/** The key's entry is made or changed; other spellings of its registry go, since they hold an older login. */
function withEntry(document: AuthDocument, key: string, login: Members): Members {
  const { registry } = parseAuthKey(key);
  const auths = Object.entries(membersOf(document, "auths")).filter(([name]) => {
    const other = parseAuthKey(name);
    return name === key || other.registry !== registry || other.scope !== "";
  });
  const kept = Object.fromEntries(auths);
  const old = Object.hasOwn(kept, key) ? kept[key] : {};
  const rest = Object.entries(isMembers(old) ? old : {}).filter(([name]) => !LOGIN_MEMBERS.has(name));
  return { ...document.members, auths: { ...kept, [key]: { ...login, ...Object.fromEntries(rest) } } };
}
