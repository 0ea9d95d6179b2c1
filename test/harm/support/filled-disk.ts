import fs from "node:fs";
import path from "node:path";
import type { TestContext } from "vitest";
import { smallDisk } from "../../../packages/cache/test/support/small-disk.js";

/** tmpfs gives space by the page. */
const PAGE_BYTES = 4096;

/** A disk of its own that can be filled up to a few pages. */
export interface FilledDisk {
  readonly folder: string;
  /** Leaves so many pages free: for new files, and for those that are there to grow. */
  leave(pages: number): void;
  /** Frees what was filled. */
  free(): void;
}

/** A disk for the test that is running, which is skipped where none can be mounted. */
export async function filledDisk(test: TestContext, sizeKiB: number): Promise<FilledDisk> {
  const { folder } = await smallDisk(test, { sizeKiB });
  const ballast = path.join(folder, "ballast");
  const free = (): void => fs.rmSync(ballast, { force: true });
  const leave = (pages: number): void => {
    free();
    const { bfree, bsize } = fs.statfsSync(folder);
    const bytes = bfree * bsize - pages * PAGE_BYTES;
    if (bytes > 0) fs.writeFileSync(ballast, Buffer.alloc(bytes));
  };
  return { folder, leave, free };
}
