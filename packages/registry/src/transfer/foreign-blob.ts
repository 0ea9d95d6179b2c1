import { type Descriptor, isOciBuildError, OciBuildError } from "@oci-build/oci";
import { parseUrl } from "../http/parse-url.js";
import { toldText, toldUrl } from "../http/told-text.js";

/** The same error; of a blob that the registry lacks, with where its image says it to be.
 *
 * Differs: layers that an image says to be elsewhere are asked of the registry alone. An address in a manifest is its
 * author's choice, and would be spoken with from wherever the reader stands, such as a network that nobody else reaches.
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/layer.md#non-distributable-layers */
export function withForeignPlace(error: unknown, { urls = [] }: Pick<Descriptor, "urls">): unknown {
  const [first] = urls;
  if (first === undefined || !isOciBuildError(error, "REGISTRY_BLOB_MISSING")) return error;
  const { code, exitCode, message, cause, data } = error;
  const url = parseUrl(first);
  return new OciBuildError(code, exitCode, {
    message: `${message}; the image says that it is at ${url === undefined ? toldText(first) : toldUrl(url)}`,
    data,
    hint: "Only registries are asked: copy the image, with this layer, to one that keeps it.",
    cause,
  });
}
