import { buildError } from "../errors.js";
import { readNamedFile } from "../input/read-named-file.js";
import { statIfThere } from "../input/stat-if-there.js";
import { optionInvalid } from "./option-invalid.js";

/** As BuildKit.
 * @see https://github.com/moby/buildkit/blob/v0.29.0/session/secrets/secretsprovider/store.go */
const SECRET_MAX_BYTES = 500 * 1024;

/** A secret whose place is checked as far as that goes without reading it. `path` is absolute. */
export type SecretSource =
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "env"; readonly name: string }
  | { readonly kind: "value"; readonly bytes: Uint8Array };

/** Where variables are looked up, and what ends the wait for a pipe. */
interface SecretReading {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal | undefined;
}

/** Gives the bytes of a secret by its id: undefined for one that is not given, or in a variable that is not set. Each is
 * read when it is first asked for, and only then: it may be a pipe.
 * Differs: a variable that is not set is no empty secret, so that a mount that requires it fails.
 * @throws OciBuildError OPTION_INVALID, BUILD_FILE_UNREADABLE; without the secret in it */
export function secretReader(
  secrets: ReadonlyMap<string, SecretSource>,
  { env, signal }: SecretReading,
): (id: string) => Promise<Uint8Array | undefined> {
  const known = new Map<string, Promise<Uint8Array | undefined>>();
  return async (id) => {
    const source = secrets.get(id);
    if (source === undefined) return undefined;
    const reading = known.get(id) ?? readSecret(id, source, { env, signal });
    known.set(id, reading);
    return reading;
  };
}

async function readSecret(
  id: string,
  source: SecretSource,
  reading: SecretReading,
): Promise<Uint8Array | undefined> {
  const bytes = await bytesOf(id, source, reading);
  if (bytes === undefined || bytes.length <= SECRET_MAX_BYTES) return bytes;
  throw optionInvalid("--secret", `id=${id}`, `it has more than ${SECRET_MAX_BYTES} bytes`);
}

async function bytesOf(
  id: string,
  source: SecretSource,
  { env, signal }: SecretReading,
): Promise<Uint8Array | undefined> {
  switch (source.kind) {
    case "value":
      return source.bytes;
    case "env": {
      const value = env[source.name];
      return value === undefined ? undefined : new TextEncoder().encode(value);
    }
    case "file": {
      const bytes = await readNamedFile(source.path, { limitBytes: SECRET_MAX_BYTES, signal });
      if (bytes !== undefined) return bytes;
      throw secretMissing(id, source.path);
    }
  }
}

/** Fails where the file of a secret is not there, so that a build is told before it starts.
 * @throws OciBuildError BUILD_FILE_UNREADABLE */
export function checkSecretFile(id: string, path: string): void {
  const stats = statIfThere(path);
  if (stats === undefined || stats.isDirectory()) throw secretMissing(id, path);
}

function secretMissing(id: string, path: string): Error {
  return buildError("BUILD_FILE_UNREADABLE", {
    message: `cannot read the secret ${id}: ${path} is no file`,
    data: { path, code: "ENOENT" },
    hint: "Check src= of --secret.",
  });
}
