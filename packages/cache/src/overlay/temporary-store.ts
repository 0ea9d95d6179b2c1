import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemErrorCode } from "@oci-build/oci";
import { livenessOf, type ProcessIdentity } from "../process/process-identity.js";
import { readFolder } from "../store/store-files.js";
import { ownedName, ownerOfName } from "../store/temporary-name.js";

const PREFIX = "oci-build-";

/** A name for a folder of this process among the system's temporary files (`TMPDIR`). Those of processes that have
 * ended are removed on the way. */
export async function temporaryStoreFolder(self: ProcessIdentity): Promise<string> {
  const folder = tmpdir();
  for (const name of await readFolder(folder)) {
    const owner = name.startsWith(PREFIX) ? ownerOfName(name.slice(PREFIX.length)) : undefined;
    if (owner === undefined || livenessOf(owner, self) !== "dead") continue;
    await removeLeftOver(join(folder, name));
  }
  return join(folder, `${PREFIX}${ownedName(self)}`);
}

/** What cannot be removed is another user's, who will: the folder is everybody's. */
async function removeLeftOver(path: string): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true });
  } catch (error) {
    if (systemErrorCode(error) === undefined) throw error;
  }
}
