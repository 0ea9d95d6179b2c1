import { type Instruction, nearest, type Span, type Word } from "@oci-build/dockerfile";
import type { Platform } from "@oci-build/oci";
import { imageKey } from "../base/image-resolver.js";
import type { PlanInput } from "./plan-input.js";
import {
  type CopyNames,
  type NamedOrigin,
  type ResolvedFile,
  resolveCopyFrom,
  resolveMountFrom,
  stageNamesOf,
} from "./resolve-stages.js";

/** An image that has to be known before the file can be planned. */
export interface NeededImage {
  readonly name: string;
  readonly platform: Platform;
  readonly span: Span;
  /** The stage that is named much the same, which may have been meant. */
  readonly near?: string | undefined;
}

/** The images that the target needs and that `input` does not know yet, each once. Their ONBUILD triggers may name more:
 * so this is asked again until there are none. */
export function neededImages(
  file: ResolvedFile,
  { images, targetPlatform }: PlanInput,
): readonly NeededImage[] {
  const names = stageNamesOf(file);
  const needed = new Map<string, NeededImage>();
  const add = (image: NeededImage): void => {
    const key = imageKey(image.name, image.platform);
    if (!images.has(key) && !needed.has(key))
      needed.set(key, { ...image, near: nearStage(image.name, names) });
  };
  for (const index of file.reachable) {
    const current = file.stages[index];
    if (current === undefined) continue;
    const { base, stage, instructions } = current;
    if (base.kind === "image") add({ name: base.name, platform: base.platform, span: stage.from.image.span });
    for (const { from, resolve } of instructions.flatMap(({ instruction }) => sourcesOf(instruction))) {
      const origin = resolve(names, index, from);
      if (origin.kind === "image") add({ name: origin.name, platform: targetPlatform, span: from.span });
    }
  }
  return [...needed.values()];
}

/** FROM finds stages in lower case only, and a mount by their names alone. */
function nearStage(name: string, { indexes }: CopyNames): string | undefined {
  const byNumber = [...indexes].find(([, index]) => String(index) === name)?.[0];
  if (byNumber !== undefined) return byNumber;
  const lower = name.toLowerCase();
  return indexes.has(lower) ? lower : nearest(name, [...indexes.keys()]);
}

interface NamedSource {
  readonly from: Word;
  readonly resolve: (names: CopyNames, current: number, from: Word) => NamedOrigin;
}

/** What an instruction copies from, or mounts. */
function sourcesOf(instruction: Instruction): readonly NamedSource[] {
  if (instruction.kind === "copy") {
    return instruction.from === undefined ? [] : [{ from: instruction.from, resolve: resolveCopyFrom }];
  }
  if (instruction.kind !== "run") return [];
  return instruction.mounts.flatMap((mount) => {
    const from = "from" in mount ? mount.from : undefined;
    return from === undefined ? [] : [{ from, resolve: resolveMountFrom }];
  });
}
