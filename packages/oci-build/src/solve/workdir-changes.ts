import { isOciBuildError } from "@oci-build/oci";
import type { Snapshot } from "@oci-build/snapshot";
import type { ChangeSet } from "../copy/change.js";
import { ChangeTree, type Owner } from "../copy/change-tree.js";
import { resolveOwner } from "../copy/owner.js";
import { cleanNames } from "../copy/resolve-wildcards.js";
import { buildError } from "../errors.js";
import type { WorkdirStep } from "../plan/step.js";

const ROOT_OWNER: Owner = { uid: 0, gid: 0 };

/** The directories that a WORKDIR has to make: 0755, owned by the current USER. `..` is resolved before links are
 * followed, as in BuildKit. */
export async function workdirChanges(step: WorkdirStep, parent: Snapshot): Promise<ChangeSet> {
  const owner = step.user === "" ? ROOT_OWNER : await resolveOwner(step.user, parent);
  const tree = new ChangeTree(parent);
  try {
    tree.makeDirectories(tree.resolve(cleanNames(step.path).join("/")), owner);
  } catch (error) {
    if (!isOciBuildError(error, "COPY_DESTINATION_CONFLICT")) throw error;
    const found = String(error.data["found"]);
    throw buildError("WORKDIR_NOT_DIRECTORY", {
      message: `WORKDIR ${step.path} is a ${found}, not a directory`,
      data: { path: step.path, found },
      cause: error,
    });
  }
  return tree.changeSet();
}
