import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { onTestFinished } from "vitest";

/** A new directory that goes away with the test. */
export async function temporaryDirectory(): Promise<string> {
  const directory = await fs.mkdtemp(path.join(os.tmpdir(), "oci-build-snapshot-"));
  onTestFinished(() => fs.rm(directory, { recursive: true, force: true }));
  return directory;
}
