import { addAbortSignal, Readable } from "node:stream";
import { DOCKERFILE_MAX_BYTES, decodeDockerfile } from "../input/read-dockerfile.js";
import { isPipe, readNamedFile } from "../input/read-named-file.js";
import { readUpTo } from "../input/read-up-to.js";
import type { BuildOptions } from "../options/build-options.js";
import { abortReason } from "../solve/abort-reason.js";

const LABEL = "standard input";

/** The Dockerfile that `--file` names. What comes on standard input or on a pipe is read here, since that may take its
 * time and signals are heeded meanwhile; a file is left to the build, as is what lies beside it.
 * @throws OciBuildError BUILD_ABORTED, BUILD_DOCKERFILE_NOT_UTF8, BUILD_DOCKERFILE_TOO_LARGE, BUILD_FILE_UNREADABLE */
export async function readGivenDockerfile(
  file: string | undefined,
  { stdin, signal }: { readonly stdin: NodeJS.ReadableStream; readonly signal: AbortSignal },
): Promise<BuildOptions["dockerfile"]> {
  if (file === undefined) return undefined;
  const isStream = file === "-";
  if (!isStream && !isPipe(file)) return file;
  try {
    const limitBytes = DOCKERFILE_MAX_BYTES;
    const bytes = isStream
      ? await readStream(stdin, signal)
      : await readNamedFile(file, { limitBytes, signal });
    return { text: decodeDockerfile(bytes ?? Buffer.alloc(0), isStream ? LABEL : file) };
  } catch (error) {
    throw abortReason(signal, error);
  }
}

function readStream(stream: NodeJS.ReadableStream, signal: AbortSignal): Promise<Buffer> {
  if (stream instanceof Readable) addAbortSignal(signal, stream);
  return readUpTo(stream, DOCKERFILE_MAX_BYTES);
}
