import { ociError } from "../errors.js";
import type { ImageSource } from "../image/image-source.js";
import { folderFiles } from "./folder-files.js";
import { layoutSource } from "./layout-source.js";

/** Opens an OCI image layout in a folder. Nothing is read before it is asked for.
 * @throws OciBuildError OCI_ARCHIVE_UNREADABLE, and OCI_ARCHIVE_INVALID when the folder has no `index.json`
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/image-layout.md */
export async function openImageLayout(directory: string): Promise<ImageSource> {
  const files = await folderFiles(directory);
  if ((await files.size("index.json")) !== undefined) return layoutSource("oci-layout", files);
  throw ociError("OCI_ARCHIVE_INVALID", {
    message: `not an image layout: ${directory} has no index.json`,
    data: { file: directory },
  });
}
