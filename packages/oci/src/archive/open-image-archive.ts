import { ociError } from "../errors.js";
import type { ImageSource } from "../image/image-source.js";
import type { LayoutFiles } from "../layout/layout-files.js";
import { layoutSource } from "../layout/layout-source.js";
import { archiveFiles } from "./archive-files.js";
import { dockerArchiveSource } from "./docker-archive-source.js";

/** Opens a tar that holds an OCI image layout or what `docker save` writes; where it is both, the layout is read.
 * Its headers are listed once, its files are read where they stand; nothing is extracted.
 * @throws OciBuildError OCI_ARCHIVE_UNREADABLE, OCI_ARCHIVE_INVALID, OCI_ARCHIVE_COMPRESSED, OCI_TAR_INVALID, OCI_CONTENT_LIMIT */
export async function openImageArchive(file: string): Promise<ImageSource> {
  const files = await archiveFiles(file);
  try {
    return await sourceOf(files, file);
  } catch (error) {
    await files.close();
    throw error;
  }
}

async function sourceOf(files: LayoutFiles, file: string): Promise<ImageSource> {
  if ((await files.size("index.json")) !== undefined) return layoutSource("oci-archive", files);
  if ((await files.size("manifest.json")) !== undefined) return dockerArchiveSource(files);
  throw ociError("OCI_ARCHIVE_INVALID", {
    message: `not an image archive: ${file} has neither index.json nor manifest.json`,
    data: { file },
  });
}
