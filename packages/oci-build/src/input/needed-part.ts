import {
  type CheckOptions,
  type Diagnostic,
  expandWord,
  findStage,
  type ParsedDockerfile,
  reachableStages,
  type Span,
  type Stage,
} from "@oci-build/dockerfile";
import { globalArgs } from "../plan/global-args.js";
import { hostPlatform, parsePlatform } from "../plan/parse-platform.js";
import { PlanError } from "../plan/plan-error.js";

/** What BuildKit finds only when it runs an instruction, so never in a stage that the target does not need. */
const lateRules: ReadonlySet<string> = new Set([
  "DOCKERFILE_BAD_SUBSTITUTION",
  "DOCKERFILE_EXPANSION_TOO_LARGE",
  "DOCKERFILE_INVALID_PORT",
  "DOCKERFILE_INVALID_SIGNAL",
  "DOCKERFILE_UNTERMINATED_QUOTE",
  "DOCKERFILE_VARIABLE_REQUIRED",
]);

/** A Dockerfile without the instructions that do not run for the target, and without what is wrong with their values;
 * what is wrong with their form stays, since BuildKit reads the whole file. */
export function neededPart(parsed: ParsedDockerfile, options: CheckOptions): ParsedDockerfile {
  const { stages } = parsed.stages;
  const target = options.target ? findStage(parsed.stages, options.target) : stages.at(-1);
  const names = target && baseNames(parsed, options);
  if (target === undefined || names === undefined) return parsed;
  const baseName = ({ index }: Stage): string => names[index] ?? "";
  const needed = new Set(reachableStages(parsed.stages, target.index, { baseName }));
  const bases = new Set([...needed].map((index) => names[index]));
  const idle: Span[] = [];
  const modes = modeOffsets(stages);
  const kept = stages.map((stage) => {
    const runsTriggers = stage.name !== undefined && bases.has(stage.name);
    if (needed.has(stage.index) && runsTriggers) return stage;
    return withoutIdle(stage, needed.has(stage.index) ? "triggers" : "all", idle);
  });
  const isIdle = ({ start }: Span) => idle.some((span) => isInside(start.offset, span));
  const isLate = ({ rule, span }: Diagnostic) =>
    lateRules.has(rule) || (rule === "DOCKERFILE_INVALID_FLAG_VALUE" && modes.has(span.start.offset));
  return {
    ...parsed,
    stages: { ...parsed.stages, stages: kept },
    diagnostics: parsed.diagnostics.filter((found) => !isLate(found) || !isIdle(found.span)),
  };
}

/** Where the values of `--chmod` stand: of wrong values of flags only these are late. */
function modeOffsets(stages: readonly Stage[]): ReadonlySet<number> {
  const offsets = new Set<number>();
  for (const { instructions } of stages)
    for (const instruction of instructions) {
      const isFile = instruction.kind === "copy" || instruction.kind === "add";
      if (isFile && instruction.chmod !== undefined) offsets.add(instruction.chmod.span.start.offset);
    }
  return offsets;
}

/** Takes out of a stage what does not run, and adds its places to `idle`. */
function withoutIdle(stage: Stage, what: "all" | "triggers", idle: Span[]): Stage {
  if (what === "all") {
    idle.push({ start: stage.from.span.end, end: stage.span.end });
    return { ...stage, instructions: [] };
  }
  const instructions = stage.instructions.filter(({ kind }) => kind !== "onbuild");
  for (const { kind, span } of stage.instructions) if (kind === "onbuild") idle.push(span);
  return { ...stage, instructions };
}

/** What the FROMs come to, by stage; undefined when that is not known. */
function baseNames(
  { stages: dockerfile, ast }: ParsedDockerfile,
  { buildArgs = new Map<string, string>(), target, ...platforms }: CheckOptions,
): readonly (string | undefined)[] | undefined {
  const host = hostPlatform(process.arch);
  const [targetPlatform = host, buildPlatform = host] = [
    platforms.targetPlatform,
    platforms.buildPlatform,
  ].map((text) => (text === undefined ? undefined : parsePlatform(text, host)));
  const scope = { escape: ast.escape };
  const input = { dockerfile, ...scope, buildArgs, target, targetPlatform, buildPlatform };
  try {
    const env = globalArgs(input);
    return dockerfile.stages.map(({ from }) => {
      const name = expandWord(from.image.text, env, scope);
      return name.ok ? name.value : undefined;
    });
  } catch (error) {
    if (error instanceof PlanError) return undefined;
    throw error;
  }
}

function isInside(offset: number, { start, end }: Span): boolean {
  return start.offset <= offset && offset < end.offset;
}
