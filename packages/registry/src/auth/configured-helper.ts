import { type AuthDocument, credentialsInvalid, membersOf } from "./auth-document.js";
import { membersFor } from "./auth-key.js";

/** The helper that a document names for a registry: its own in `credHelpers`, where an empty one means none, else
 * `credsStore`.
 * @throws OciBuildError REGISTRY_CREDENTIALS_INVALID */
export function configuredHelper(document: AuthDocument, registry: string): string | undefined {
  const [own] = membersFor(membersOf(document, "credHelpers"), registry, undefined);
  const helper = own ?? document.members["credsStore"] ?? "";
  if (typeof helper !== "string") throw credentialsInvalid(document.name, "a helper's name is no text");
  return helper === "" ? undefined : helper;
}
