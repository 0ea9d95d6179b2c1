import type { Stage } from "@oci-build/dockerfile";
import { isOciBuildError, type Platform } from "@oci-build/oci";
import { findContext } from "../base/named-context.js";
import { expandToText } from "./expand.js";
import { parsePlatform } from "./parse-platform.js";
import { PlanError } from "./plan-error.js";
import type { PlanInput } from "./plan-input.js";

/** What FROM names: nothing, an earlier stage, an image, or the folder of a named context. */
type NamedBase =
  | { readonly kind: "scratch" }
  | { readonly kind: "stage"; readonly index: number }
  | { readonly kind: "image"; readonly name: string; readonly platform: Platform }
  | { readonly kind: "folder"; readonly name: string };

/** A stage whose base is known by name. */
export interface BasedStage {
  readonly stage: Stage;
  readonly base: NamedBase;
}

/** Resolves what every FROM names. A name is a stage only if that stage stands earlier, and only in lower case:
 * `FROM Name` is an image, as in BuildKit. A context with the name of a stage stands for the whole stage. */
export function resolveBases(input: PlanInput, globals: ReadonlyMap<string, string>): readonly BasedStage[] {
  const byName = new Map<string, number>();
  return input.dockerfile.stages.map((stage) => {
    // Of every stage, as BuildKit does, whether it has an image or is needed or not.
    platformOf(stage, { input, globals });
    const replaced =
      stage.name === undefined ? undefined : contextBase(stage, stage.name, { input, globals });
    const base = replaced ?? resolveBase(stage, { input, globals }, byName);
    if (stage.name !== undefined) byName.set(stage.name.toLowerCase(), stage.index);
    return replaced === undefined ? { stage, base } : { stage: { ...stage, instructions: [] }, base };
  });
}

interface BaseScope {
  readonly input: PlanInput;
  readonly globals: ReadonlyMap<string, string>;
}

function resolveBase(stage: Stage, scope: BaseScope, byName: ReadonlyMap<string, number>): NamedBase {
  const { image } = stage.from;
  const name = expandToText({ env: scope.globals, input: scope.input }, image);
  if (name === "") throw new PlanError("DOCKERFILE_EMPTY_WORD", image.span, "the base image's name is empty");
  const index = byName.get(name);
  if (index !== undefined) return { kind: "stage", index };
  if (name === "scratch") return { kind: "scratch" };
  return contextBase(stage, name, scope) ?? { kind: "image", name, platform: platformOf(stage, scope) };
}

/** What a named context makes of a base. An image among them keeps its name, by which it is found again. */
function contextBase(stage: Stage, name: string, scope: BaseScope): NamedBase | undefined {
  const context = findContext(scope.input.contexts, name);
  if (context === undefined) return undefined;
  if (context.kind === "scratch") return { kind: "scratch" };
  if (context.kind === "folder") return { kind: "folder", name };
  return { kind: "image", name, platform: platformOf(stage, scope) };
}

/** The platform of FROM, else the one that is built.
 * @throws PlanError DOCKERFILE_INVALID_PLATFORM */
function platformOf({ from }: Stage, { input, globals }: BaseScope): Platform {
  if (from.platform === undefined) return input.targetPlatform;
  const text = expandToText({ env: globals, input }, from.platform);
  if (text === "") throw new PlanError("DOCKERFILE_EMPTY_WORD", from.platform.span, "the platform is empty");
  try {
    return parsePlatform(text, input.buildPlatform);
  } catch (error) {
    if (!isOciBuildError(error, "OPTION_INVALID")) throw error;
    throw new PlanError("DOCKERFILE_INVALID_PLATFORM", from.platform.span, error.message, error.hint);
  }
}
