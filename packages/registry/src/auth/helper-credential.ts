import { callHelper, type HelperCall, helperFailed } from "./credential-helper.js";
import type { Credential } from "./credentials.js";

/** The protocol's word for nothing found; it has no other sign.
 * @see https://github.com/docker/docker-credential-helpers/blob/v0.8.2/credentials/error.go */
const NOT_FOUND = "credentials not found in native keychain";
/** The name that says that the secret is an identity token. */
const TOKEN_USER = "<token>";

/** What a helper knows of a server; undefined for nothing.
 * @throws OciBuildError REGISTRY_HELPER_FAILED */
export async function helperCredential(
  helper: string,
  server: string,
  env: HelperCall["env"],
): Promise<Credential | undefined> {
  const call = { helper, action: "get", input: server, env } as const;
  const { status, output } = await callHelper(call);
  if (status === "failed") {
    if (output === NOT_FOUND) return undefined;
    throw helperFailed(call, output);
  }
  const { Username: username, Secret: secret } = parse(output);
  if (typeof username !== "string" || typeof secret !== "string") {
    throw helperFailed(call, "its answer is not JSON with Username and Secret");
  }
  if (username === "" && secret === "") return undefined;
  return username === TOKEN_USER
    ? { kind: "identity-token", identityToken: secret }
    : { kind: "basic", username, password: secret };
}

function parse(text: string): { readonly Username?: unknown; readonly Secret?: unknown } {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : {};
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return {};
  }
}
