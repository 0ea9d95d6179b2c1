import type { Digest } from "../digest.js";
import type { ImageSource } from "../image/image-source.js";
import { hashedBlob } from "../image/verified-blob.js";
import type { ByteRange, LayoutFiles } from "../layout/layout-files.js";
import { missingBlob } from "../layout/missing-blob.js";
import { type DockerArchiveIndex, dockerArchiveIndex } from "./docker-archive-index.js";

/** The images of what `docker save` wrote before it wrote an OCI layout. */
export function dockerArchiveSource(files: LayoutFiles): ImageSource {
  let made: Promise<DockerArchiveIndex> | undefined;
  const archive = (): Promise<DockerArchiveIndex> => {
    made ??= dockerArchiveIndex(files);
    return made;
  };
  return {
    kind: "docker-archive",
    files,
    index: async () => (await archive()).index,
    async size(digest) {
      const { paths, documents } = await archive();
      const path = paths.get(digest);
      if (path !== undefined) return files.size(path);
      return documents.find(({ descriptor }) => descriptor.digest === digest)?.bytes.length;
    },
    read: (digest, range) => readBlobOf(archive, files, { digest, range }),
    close: () => files.close(),
    [Symbol.asyncDispose]: () => files.close(),
  };
}

async function* readBlobOf(
  archive: () => Promise<DockerArchiveIndex>,
  files: LayoutFiles,
  { digest, range }: { digest: Digest; range: ByteRange | undefined },
): AsyncGenerator<Uint8Array> {
  const { paths, documents } = await archive();
  const document = documents.find(({ descriptor }) => descriptor.digest === digest);
  if (document !== undefined) {
    const from = range?.offset ?? 0;
    yield document.bytes.subarray(from, range?.length === undefined ? undefined : from + range.length);
    return;
  }
  const path = paths.get(digest);
  if (path === undefined) throw missingBlob(`blob ${digest}`);
  const chunks = files.read(path, range);
  yield* range === undefined ? hashedBlob(chunks, digest) : chunks;
}
