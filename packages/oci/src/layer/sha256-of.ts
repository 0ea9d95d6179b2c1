import { hash, webcrypto } from "node:crypto";

/** Below this a trip to another thread costs more than the hash. */
const POOL_MIN_BYTES = 16 * 1024;

/** SHA-256 in hex. Large inputs are copied and hashed on libuv's pool, so that the caller may go on. */
export function sha256Of(bytes: Uint8Array): string | Promise<string> {
  return bytes.length < POOL_MIN_BYTES ? hash("sha256", bytes, "hex") : hashInPool(bytes);
}

async function hashInPool(bytes: Uint8Array): Promise<string> {
  return Buffer.from(await webcrypto.subtle.digest("SHA-256", bytes)).toString("hex");
}
