import { type BlobSource, type Descriptor, imageRoots, openImageLayout } from "@oci-build/oci";

/** The only image of a layout, ready to be pushed. */
export interface OpenedLayout extends AsyncDisposable {
  readonly blobs: BlobSource;
  readonly root: Descriptor;
}

/** @param image in skopeo's words: `oci:FOLDER:TAG` */
export async function openedLayout(image: string): Promise<OpenedLayout> {
  const [, folder = ""] = image.split(":");
  const blobs = await openImageLayout(folder);
  const [root] = imageRoots(await blobs.index());
  if (root === undefined) throw new Error(`no image in ${folder}`);
  return { blobs, root: root.descriptor, [Symbol.asyncDispose]: () => blobs.close() };
}
