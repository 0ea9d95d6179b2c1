import { type AuthDocument, membersOf, readAuthDocument } from "./auth-document.js";
import { dockerKey, membersFor } from "./auth-key.js";
import { authPlaces, type CredentialPlacesOptions } from "./auth-places.js";
import { configuredHelper } from "./configured-helper.js";
import type { Credential, Credentials } from "./credentials.js";
import { decodeAuthEntry } from "./decode-auth-entry.js";
import { helperCredential } from "./helper-credential.js";

/** The credentials that `docker login`, `podman login` and `oci-build login` left: DOCKER_AUTH_CONFIG; then the file of
 * REGISTRY_AUTH_FILE alone, or else Docker's `config.json` (in DOCKER_CONFIG or `~/.docker`) and podman's `auth.json`.
 * In each, a helper for the registry is asked first, then `auths`, where keys with a path are for the repositories below
 * it. Files are read at the first question and not again; helpers run once a registry.
 *
 * Questions fail with REGISTRY_CREDENTIALS_INVALID or REGISTRY_HELPER_FAILED. */
export function dockerCredentials(options: CredentialPlacesOptions = {}): Credentials {
  const { env = process.env } = options;
  let documents: Promise<readonly AuthDocument[]> | undefined;
  const helperAnswers = new Map<string, Promise<Credential | undefined>>();
  const askHelper = async (helper: string, registry: string): Promise<Credential | undefined> => {
    const question = JSON.stringify([helper, registry]);
    const known = helperAnswers.get(question) ?? helperCredential(helper, dockerKey(registry), env);
    helperAnswers.set(question, known);
    return known;
  };
  return {
    async find(registry, repository) {
      documents ??= readAll(options);
      for (const document of await documents) {
        const helper = configuredHelper(document, registry);
        const kept = helper === undefined ? undefined : await askHelper(helper, registry);
        const found = kept ?? findEntry(document, registry, repository);
        if (found !== undefined) return found;
      }
      return undefined;
    },
  };
}

async function readAll(options: CredentialPlacesOptions): Promise<readonly AuthDocument[]> {
  const documents = await Promise.all(authPlaces(options).map(readAuthDocument));
  return documents.filter((document) => document !== undefined);
}

function findEntry(
  document: AuthDocument,
  registry: string,
  repository: string | undefined,
): Credential | undefined {
  for (const entry of membersFor(membersOf(document, "auths"), registry, repository)) {
    const credential = decodeAuthEntry(entry, document.name);
    if (credential !== undefined) return credential;
  }
  return undefined;
}
