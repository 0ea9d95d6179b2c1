import type { RegistryResponse } from "../http/transport.js";
import { contentLength } from "./manifest-request.js";

/** A small body in full, or undefined when it is larger than may be; no more than that is read. */
export async function readBody(response: RegistryResponse, maxBytes: number): Promise<Buffer | undefined> {
  if ((contentLength(response) ?? 0) > maxBytes) {
    await response.drop();
    return undefined;
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body) {
    size += chunk.length;
    if (size > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
