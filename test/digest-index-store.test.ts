import fs from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { onTestFinished } from "vitest";
import { openCache } from "../packages/cache/src/index.js";
import { describeDigestIndexStore } from "../packages/snapshot/test/describe-digest-index-store.js";

describeDigestIndexStore("the cache's", async () => {
  const dir = await fs.mkdtemp(path.join(os.tmpdir(), "oci-build-index-"));
  onTestFinished(() => fs.rm(dir, { recursive: true, force: true }));
  return (await openCache({ dir })).indexes;
});
