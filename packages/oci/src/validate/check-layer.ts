import { createHash } from "node:crypto";
import { streamCursor } from "../archive/byte-cursor.js";
import { tarMembers } from "../archive/tar-members.js";
import { isOciBuildError } from "../error.js";
import { cleanPath, layerEntriesCheck, type UnresolvedLink } from "./layer-entries.js";
import { type CheckedCompression, layerStream } from "./layer-stream.js";
import type { MismatchRule } from "./mismatch.js";
import type { Validation } from "./validation.js";

/** What a layer turned out to be. `diffId` is undefined when it could not be decompressed to its end. */
export interface CheckedLayer {
  readonly diffId: string | undefined;
  readonly unresolvedLinks: readonly UnresolvedLink[];
}

/** Decompresses a layer once and checks each entry of its tar. */
export async function checkLayer(
  validation: Validation,
  path: string,
  compression: CheckedCompression,
): Promise<CheckedLayer> {
  const { layers, log, source, signal, limits } = validation;
  const known = layers.get(path);
  if (known !== undefined) return known;
  const hash = createHash("sha256");
  const entries = layerEntriesCheck(validation, path);
  const stream = hashing(
    layerStream(source.files.read(path), { compression, maxBytes: limits.layerBytes, signal }),
    hash,
  );
  const failures = await failuresOf(async () => {
    for await (const member of tarMembers(streamCursor(stream))) entries.see(member);
  }, stream);
  for (const failure of failures) log.add({ path, ...failure });
  const whole = failures.every(({ rule }) => rule === "layer.tar");
  const diffId = whole ? `sha256:${hash.digest("hex")}` : undefined;
  const checked = { diffId, unresolvedLinks: entries.unresolvedLinks };
  layers.set(path, checked);
  return checked;
}

/** Which of some paths a layer has, as something else than a directory. */
export async function pathsIn(
  { source, signal, limits }: Validation,
  layer: { readonly path: string; readonly compression: CheckedCompression },
  wanted: ReadonlySet<string>,
): Promise<readonly string[]> {
  const found: string[] = [];
  const options = { compression: layer.compression, maxBytes: limits.layerBytes, signal };
  const stream = layerStream(source.files.read(layer.path), options);
  try {
    for await (const { type, name } of tarMembers(streamCursor(stream))) {
      const path = cleanPath(name);
      if (type !== "directory" && wanted.has(path)) found.push(path);
    }
  } catch (error) {
    failureOf(error);
  } finally {
    await stream.return(undefined);
  }
  return found;
}

interface LayerFailure {
  readonly rule: MismatchRule;
  readonly stated: string;
  readonly found: string;
}

/** A bad tar does not end the check: the rest is still read, for the diffID is of all bytes. */
async function failuresOf(
  walk: () => Promise<void>,
  stream: AsyncGenerator,
): Promise<readonly LayerFailure[]> {
  const failures: LayerFailure[] = [];
  for (const part of [walk, () => drain(stream)]) {
    try {
      await part();
    } catch (error) {
      failures.push(failureOf(error));
    }
  }
  return failures;
}

async function drain(stream: AsyncGenerator): Promise<void> {
  for (let done = false; !done; ) done = (await stream.next()).done === true;
}

/** The mismatch that an error stands for; an error that says nothing about the layer is thrown on. */
function failureOf(error: unknown): LayerFailure {
  if (isOciBuildError(error, "OCI_TAR_INVALID")) {
    return { rule: "layer.tar", stated: "a tar", found: error.message };
  }
  if (isOciBuildError(error, "OCI_CONTENT_LIMIT")) {
    return { rule: "layer.limit", stated: "within the limit", found: error.message };
  }
  if (isOciBuildError(error, "OCI_LAYER_TRAILING_BYTES")) {
    return { rule: "layer.compression", stated: "nothing after the compressed stream", found: error.message };
  }
  const code = (error as NodeJS.ErrnoException).code;
  if (typeof code !== "string" || !/^Z_|^ZSTD_/.test(code)) throw error;
  return { rule: "layer.compression", stated: "a stream of its compression", found: code };
}

async function* hashing(
  chunks: AsyncIterable<Uint8Array>,
  hash: { update(chunk: Uint8Array): unknown },
): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    hash.update(chunk);
    yield chunk;
  }
}
