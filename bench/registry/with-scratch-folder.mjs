import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Runs work with a folder that is gone afterwards. */
export async function withScratchFolder(work) {
  const folder = await mkdtemp(join(tmpdir(), "oci-build-bench-registry-"));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
