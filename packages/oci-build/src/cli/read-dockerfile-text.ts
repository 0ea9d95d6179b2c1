import { addAbortSignal, Readable } from "node:stream";
import { DOCKERFILE_MAX_BYTES, decodeDockerfile } from "../input/read-dockerfile.js";
import { abortReason } from "../solve/abort-reason.js";

const LABEL = "standard input";

/** The Dockerfile that a stream holds, such as standard input.
 * @throws OciBuildError BUILD_ABORTED, BUILD_DOCKERFILE_NOT_UTF8, BUILD_DOCKERFILE_TOO_LARGE */
export async function readDockerfileText(
  stream: NodeJS.ReadableStream,
  signal: AbortSignal,
): Promise<{ readonly text: string }> {
  if (stream instanceof Readable) addAbortSignal(signal, stream);
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of stream) {
      const bytes = Buffer.from(chunk);
      chunks.push(bytes);
      size += bytes.length;
      if (size > DOCKERFILE_MAX_BYTES) break;
    }
  } catch (error) {
    throw abortReason(signal, error);
  }
  return { text: decodeDockerfile(Buffer.concat(chunks), LABEL) };
}
