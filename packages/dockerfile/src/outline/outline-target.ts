import { expandWord } from "../expand/expand-word.js";
import type { ArgInstruction, Instruction, RunMount } from "../instructions/instruction.js";
import { reachableStages } from "../stages/reachable-stages.js";
import type { DockerfileStages, Stage } from "../stages/stage.js";
import { stageGraph, stageTriggers } from "../stages/stage-graph.js";
import type { EscapeCharacter } from "../tree/ast.js";
import type { Span } from "../tree/span.js";
import { describedBy } from "./description.js";

/** A build argument that a target takes. `value` is what it would have; absent when nothing sets it. */
export interface OutlineArg {
  readonly name: string;
  readonly description?: string | undefined;
  readonly value?: string | undefined;
  readonly span: Span;
}

/** A secret, SSH agent or cache that a target's RUN steps mount. */
export interface OutlineMount {
  readonly id: string;
  readonly required: boolean;
  readonly span: Span;
}

/** What a target takes from outside. Everything is named once, where it stands first. */
export interface Outline {
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  readonly args: readonly OutlineArg[];
  readonly secrets: readonly OutlineMount[];
  readonly ssh: readonly OutlineMount[];
  readonly caches: readonly OutlineMount[];
}

/** How a target is outlined. */
export interface OutlineOptions {
  /** The Dockerfile's escape character; `\` by default. */
  readonly escape?: EscapeCharacter | undefined;
  /** Values given with `--build-arg`. */
  readonly buildArgs?: ReadonlyMap<string, string> | undefined;
}

/** What the stage at an index, and the stages that it needs, take from outside: build arguments with their values and
 * descriptions, secrets, SSH agents and caches. */
export function outlineTarget(
  dockerfile: DockerfileStages,
  targetIndex: number,
  options: OutlineOptions = {},
): Outline {
  const globals = outlineArgs(dockerfile.globalArgs, new Map(), options);
  const globalValues = valuesOf(globals);
  const baseName = (stage: Stage): string => expanded(stage.from.image.text, globalValues, options) ?? "";
  const stages = reachableStages(dockerfile, targetIndex, { baseName }).flatMap(
    (index) => dockerfile.stages[index] ?? [],
  );
  const runs = runsOf(dockerfile, stages, baseName);
  const own = runs.flatMap((instructions) =>
    outlineArgs(
      instructions.filter((instruction) => instruction.kind === "arg"),
      globalValues,
      options,
    ),
  );
  const mounts = runs.flatMap((instructions) =>
    instructions.flatMap((instruction) => (instruction.kind === "run" ? instruction.mounts : [])),
  );
  const target = dockerfile.stages[targetIndex];
  const usedGlobals = globals.filter(({ name }) =>
    stages.some((stage) => usesInFrom(stage, name, globalValues)),
  );
  return {
    name: target?.name,
    description: target?.name === undefined ? undefined : describedBy(target.from.comments, target.name),
    args: mergeArgs([...own, ...usedGlobals], globals),
    secrets: outlineMounts(mounts, "secret"),
    ssh: outlineMounts(mounts, "ssh"),
    caches: outlineMounts(mounts, "cache"),
  };
}

/** What runs in each stage. The triggers of a base are named with the first stage on it. */
function runsOf(
  dockerfile: DockerfileStages,
  stages: readonly Stage[],
  baseName: (stage: Stage) => string,
): readonly (readonly Instruction[])[] {
  const { parent } = stageGraph(dockerfile, { baseName });
  const triggered = new Set<number>();
  return stages.map(({ index, instructions }) => {
    const base = parent(index);
    if (base === undefined || triggered.has(base)) return instructions;
    triggered.add(base);
    return [...stageTriggers(dockerfile.stages[base]), ...instructions];
  });
}

function outlineArgs(
  instructions: readonly ArgInstruction[],
  outer: ReadonlyMap<string, string>,
  options: OutlineOptions,
): readonly OutlineArg[] {
  const values = new Map(outer);
  return instructions.flatMap(({ args, comments }) =>
    args.map((arg): OutlineArg => {
      const name = arg.name.text;
      const byDefault =
        arg.default === undefined ? outer.get(name) : expanded(arg.default.text, values, options);
      const value = options.buildArgs?.get(name) ?? byDefault;
      if (value !== undefined) values.set(name, value);
      return { name, description: describedBy(comments, name), value, span: arg.name.span };
    }),
  );
}

function valuesOf(args: readonly OutlineArg[]): ReadonlyMap<string, string> {
  return new Map(args.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value] as const])));
}

function expanded(
  text: string,
  values: ReadonlyMap<string, string>,
  options: OutlineOptions,
): string | undefined {
  const result = expandWord(text, values, { escape: options.escape });
  return result.ok ? result.value : undefined;
}

function usesInFrom({ from }: Stage, name: string, values: ReadonlyMap<string, string>): boolean {
  return [from.image, from.platform].some((word) => {
    const result = word === undefined ? undefined : expandWord(word.text, values);
    return result?.ok === true && [...result.used, ...result.missing].includes(name);
  });
}

/** One of each name; a description that only the global argument has counts too. */
function mergeArgs(args: readonly OutlineArg[], globals: readonly OutlineArg[]): readonly OutlineArg[] {
  const byName = new Map<string, OutlineArg>();
  for (const arg of args) {
    const known = byName.get(arg.name) ?? arg;
    const description =
      known.description ?? arg.description ?? globals.find(({ name }) => name === arg.name)?.description;
    byName.set(arg.name, { ...known, description });
  }
  return [...byName.values()];
}

function outlineMounts(
  mounts: readonly RunMount[],
  type: "secret" | "ssh" | "cache",
): readonly OutlineMount[] {
  const byId = new Map<string, OutlineMount>();
  for (const mount of mounts) {
    if (mount.type !== type) continue;
    const id = mountId(mount);
    const required = "required" in mount && mount.required;
    const known = byId.get(id);
    byId.set(id, { id, span: known?.span ?? mount.span, required: required || known?.required === true });
  }
  return [...byId.values()];
}

/** A secret without an id is named after its target's last part, an SSH agent `default`, a cache after its target. */
function mountId(mount: Extract<RunMount, { type: "secret" | "ssh" | "cache" }>): string {
  if (mount.id !== undefined && mount.id.text !== "") return mount.id.text;
  if (mount.type === "ssh") return "default";
  const target = mount.target?.text ?? "";
  return mount.type === "cache" ? target : target.slice(target.lastIndexOf("/") + 1);
}
