import { tooLarge } from "../json/decode-json.js";
import type { LayoutFiles } from "./layout-files.js";
import { missingBlob } from "./missing-blob.js";

/** All bytes of a small file.
 * @throws OciBuildError OCI_BLOB_MISSING, OCI_DOCUMENT_TOO_LARGE */
export async function readSmallFile(files: LayoutFiles, path: string, maxBytes: number): Promise<Buffer> {
  const size = await files.size(path);
  if (size === undefined) throw missingBlob(path);
  if (size > maxBytes) throw tooLarge(path, size, maxBytes);
  const chunks: Uint8Array[] = [];
  for await (const chunk of files.read(path, { offset: 0, length: size })) chunks.push(chunk);
  return Buffer.concat(chunks);
}
