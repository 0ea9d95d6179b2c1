import type { FileStep } from "../plan/step.js";

/** Whether a step looks at the tree below it. `COPY --link` does only where an owner's name has to be looked up. */
export function looksBelow(step: FileStep): boolean {
  if (step.kind === "workdir" || step.base === "parent") return true;
  if (step.chown === undefined) return false;
  const [user = "", group = ""] = step.chown.split(":", 2);
  return !isId(user) || (group !== "" && !isId(group));
}

/** Larger numbers are names, as in BuildKit, and root is 0 everywhere. */
const ID_MAX = 2 ** 31 - 1;

function isId(text: string): boolean {
  return text === "root" || (/^\d+$/.test(text) && Number(text) <= ID_MAX);
}
