import type { FileReader } from "@oci-build/oci";
import { resolvePath } from "./resolve-path.js";
import type { Snapshot } from "./snapshot.js";

/** passwd and group files are read up to this size; what lies behind is not found. */
const ACCOUNT_FILE_MAX_BYTES = 16 * 1024 * 1024;

/** The fields of one line of a passwd or group file, as they are: a name is first, a number third. A line that is
 * empty, a comment or broken is there like any other, with too few fields. */
export type Account = readonly string[];

/** The lines of a tree's own `etc/passwd` or `etc/group`, in their order; none when it is no file. Links are followed
 * inside the tree. Only the first 16 MiB are read.
 * @throws OciBuildError SNAPSHOT_LINK_LOOP; and what the tree's `openFile` throws */
export async function readAccounts(
  tree: Pick<Snapshot, "get" | "openFile">,
  path: "etc/passwd" | "etc/group",
): Promise<readonly Account[]> {
  const found = resolvePath(tree, path, "follow-last");
  if (found.entry?.type !== "file") return [];
  const text = await readText(await tree.openFile(found.path), found.entry.size);
  return text.split("\n").map((line) => line.trim().split(":"));
}

async function readText(reader: FileReader, size: number): Promise<string> {
  const bytes = Buffer.alloc(Math.min(size, ACCOUNT_FILE_MAX_BYTES));
  try {
    let filled = 0;
    while (filled < bytes.length) {
      const count = await reader.read(bytes.subarray(filled));
      if (count === 0) break;
      filled += count;
    }
    return bytes.toString("utf8", 0, filled);
  } finally {
    await reader.close();
  }
}
