import os from "node:os";
import path from "node:path";

/** Where credentials are looked for. */
export interface CredentialPlacesOptions {
  /** Default: `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** The user's folder. Default: the system's word. */
  readonly home?: string | undefined;
}

/** A document with credentials: a file, or text that the environment holds. */
export type AuthPlace =
  | { readonly kind: "file"; readonly file: string; readonly dialect: "docker" | "containers" }
  | { readonly kind: "inline"; readonly name: string; readonly text: string };

/** A file with credentials. */
export type AuthFilePlace = Extract<AuthPlace, { readonly kind: "file" }>;

/** The places that are looked into, the first wins: DOCKER_AUTH_CONFIG; then REGISTRY_AUTH_FILE alone where it is set,
 * else Docker's `config.json` and podman's `auth.json`. */
export function authPlaces(options: CredentialPlacesOptions): readonly AuthPlace[] {
  const { env = process.env, home = os.homedir() } = options;
  const inline = env["DOCKER_AUTH_CONFIG"];
  const login = loginPlace(options);
  return [
    ...(inline ? [{ kind: "inline", name: "DOCKER_AUTH_CONFIG", text: inline } as const] : []),
    login,
    ...(env["REGISTRY_AUTH_FILE"] ? [] : containersFiles(env, home)),
  ];
}

/** Where logins are kept: REGISTRY_AUTH_FILE, else Docker's `config.json`, in DOCKER_CONFIG or `~/.docker`. */
export function loginPlace({
  env = process.env,
  home = os.homedir(),
}: CredentialPlacesOptions): AuthFilePlace {
  const named = env["REGISTRY_AUTH_FILE"];
  if (named) return { kind: "file", file: named, dialect: "containers" };
  const folder = env["DOCKER_CONFIG"] || path.join(home, ".docker");
  return { kind: "file", file: path.join(folder, "config.json"), dialect: "docker" };
}

/** @see https://github.com/containers/image/blob/v5.30.0/docs/containers-auth.json.5.md */
function containersFiles(
  env: Readonly<Record<string, string | undefined>>,
  home: string,
): readonly AuthFilePlace[] {
  const userId = process.getuid?.();
  const runtime = env["XDG_RUNTIME_DIR"]
    ? path.join(env["XDG_RUNTIME_DIR"], "containers")
    : `/run/containers/${String(userId)}`;
  const config = env["XDG_CONFIG_HOME"] || path.join(home, ".config");
  const folders = [...(userId === undefined ? [] : [runtime]), path.join(config, "containers")];
  return folders.map((folder) => ({
    kind: "file",
    file: path.join(folder, "auth.json"),
    dialect: "containers",
  }));
}
