import { predefinedArgs } from "@oci-build/dockerfile";
import { declaredNames, type PlanInput } from "./plan-input.js";

/** Names that were given a value but that no ARG of the file declares and no convention predefines. */
export function unusedBuildArgs({ dockerfile, buildArgs }: PlanInput): readonly string[] {
  const inStages = dockerfile.stages.flatMap(({ instructions }) =>
    instructions.flatMap((instruction) => (instruction.kind === "arg" ? [instruction] : [])),
  );
  const declared = new Set(declaredNames([...dockerfile.globalArgs, ...inStages]));
  const predefined = new Set<string>(Object.values(predefinedArgs).flat());
  return [...buildArgs.keys()].filter((name) => !declared.has(name) && !predefined.has(name));
}
