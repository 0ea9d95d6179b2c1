import { resolvePath, type Snapshot } from "@oci-build/snapshot";
import { resolveOwner } from "../copy/owner.js";
import { parentPath } from "../copy/tree-paths.js";
import type { FileStep, Step } from "../plan/step.js";
import type { StepFact } from "./step-inputs.js";

/** What a step reads of the tree below it before it writes anything: where its destination leads, what is there, how
 * much of the way exists, and the ids of a named owner. A COPY with `--link` looks for the owner alone. A RUN has no
 * destination. */
export async function destinationFacts(step: Step, parent: Snapshot): Promise<readonly StepFact[]> {
  if (step.kind === "run") return [];
  const owner = step.kind === "workdir" ? step.user : (step.chown ?? "");
  const places = step.kind === "copy" && step.base === "none" ? [] : placeFacts(step, parent);
  if (owner === "") return places;
  const { uid, gid } = await resolveOwner(owner, parent);
  return [...places, ["owner", `${uid}:${gid}`]];
}

function placeFacts(step: FileStep, parent: Snapshot): readonly StepFact[] {
  const { path, entry } = resolvePath(
    parent,
    step.kind === "workdir" ? step.path : step.destination,
    "follow-last",
  );
  return [
    ["destination", `/${path}`],
    ["existing", `/${existingPart(parent, path)}`],
    ["found", entry?.type ?? "nothing"],
  ];
}

/** The longest beginning of a path, by whole names, that exists. */
function existingPart(parent: Snapshot, path: string): string {
  let existing = path;
  while (existing !== "" && parent.get(existing) === undefined) existing = parentPath(existing);
  return existing;
}
