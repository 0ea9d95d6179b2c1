import type { ImageConfig } from "@oci-build/oci";
import { familiarName, parseReference } from "@oci-build/registry";
import type { FoundImage } from "../base/image-origin.js";
import { imageFacts } from "./image-facts.js";
import type { OpenedImage } from "./opened-image.js";

/** What `docker image inspect` tells of an image, in its words. */
export interface ImageDescription {
  readonly Id: string;
  readonly RepoTags: readonly string[];
  readonly RepoDigests: readonly string[];
  readonly Comment: string;
  readonly Created: string | undefined;
  readonly Author: string;
  /** As the image has it, with members that are not known here. */
  readonly Config: ImageConfig["config"];
  readonly Architecture: string;
  readonly Variant: string | undefined;
  readonly Os: string;
  readonly OsVersion: string | undefined;
  /** Bytes as stored. */
  readonly Size: number;
  readonly RootFS: { readonly Type: "layers"; readonly Layers: readonly string[] };
  /** What the name stands for: a manifest, or the index that has it. */
  readonly Descriptor: {
    readonly mediaType: string;
    readonly digest: string;
    readonly size: number;
    readonly annotations?: Readonly<Record<string, string>> | undefined;
  };
}

/** Describes an image for one platform.
 * Differs: `Size` is what is stored; Docker's is what is unpacked. */
export function describeImage(image: OpenedImage, found: FoundImage): ImageDescription {
  const { id, config, size, manifest } = imageFacts(found);
  const { mediaType, digest, size: rootSize } = image.root.descriptor;
  const references = image.names.map(parseReference);
  return {
    Id: id,
    RepoTags: [...new Set(references.map(familiarName))],
    RepoDigests: [...new Set(references.map((name) => familiarName({ ...name, tag: undefined, digest })))],
    Comment: config.history?.at(-1)?.comment ?? "",
    Created: config.created,
    Author: config.author ?? "",
    Config: config.config,
    Architecture: config.architecture,
    Variant: config.variant,
    Os: config.os,
    OsVersion: config["os.version"],
    Size: size,
    RootFS: { Type: "layers", Layers: config.rootfs.diff_ids },
    Descriptor: { mediaType, digest, size: rootSize, annotations: manifest.annotations },
  };
}
