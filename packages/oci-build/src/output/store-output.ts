import { type Descriptor, decodeManifest, withDocuments } from "@oci-build/oci";
import { type StoreOptions, storeImage } from "../images/store-image.js";
import type { BuiltOutput } from "../options/build-result.js";
import type { OutputImage } from "./output-image.js";
import { outputProgress, sumOfBlobs } from "./output-progress.js";
import { tellOutput } from "./tell-output.js";
import type { ResultContext } from "./write-result.js";

/** What storing an image needs. */
export interface StoreContext extends Pick<ResultContext, "emit" | "signal"> {
  readonly cache: StoreOptions["cache"];
}

/** Keeps an image in the local store: all of its blobs, those of its base too, then its names.
 * @throws OciBuildError as `storeImage` */
export async function storeOutput(
  names: readonly string[],
  { image: { config, manifest }, layers }: OutputImage,
  { cache, emit, signal }: StoreContext,
): Promise<BuiltOutput> {
  const label = { action: "store", destination: names.join(", ") } as const;
  const parts = {
    root: manifest.descriptor,
    documents: [manifest],
    blobs: unique([...decodeManifest(manifest.bytes).layers, config.descriptor]),
    source: withDocuments([config], layers.passed),
    repositories: [],
  };
  const { outcome } = await tellOutput(label, emit, async () => {
    const onProgress = sumOfBlobs(outputProgress(label, emit));
    const { bytes, naming } = await storeImage(parts, names, { cache, signal, onProgress });
    return { size: bytes, outcome: bytes === 0 && naming === "already" ? "unchanged" : "written" } as const;
  });
  return { kind: "store", names, outcome };
}

function unique(blobs: readonly Descriptor[]): readonly Descriptor[] {
  return [...new Map(blobs.map((blob) => [blob.digest, blob])).values()];
}
