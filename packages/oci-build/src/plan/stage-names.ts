import type { Stage } from "@oci-build/dockerfile";

/** The stages of a file as `COPY --from` and `--target` find them: by index, or by name in any case. Of stages with one
 * name the last counts. */
export interface StageNames {
  readonly count: number;
  /** By name in lower case. */
  readonly indexes: ReadonlyMap<string, number>;
}

export function stageNames(stages: readonly Stage[]): StageNames {
  const named = stages.flatMap(({ name, index }) =>
    name === undefined ? [] : ([[name.toLowerCase(), index]] as const),
  );
  return { count: stages.length, indexes: new Map(named) };
}
