import type { Diagnostic } from "../diagnostics/diagnostic.js";
import { quoted } from "../diagnostics/quoted.js";
import { inOrder, toDiagnostic } from "../diagnostics/report.js";
import type { Instruction, InstructionBase } from "../instructions/instruction.js";
import type { ParsedDockerfile } from "../parse-dockerfile.js";
import type { Stage } from "../stages/stage.js";
import type { DirectiveNode } from "../tree/ast.js";
import type { Span } from "../tree/span.js";
import type { CheckOptions, CheckResult } from "./check-options.js";
import type { CheckFinding, CheckRule } from "./check-rule.js";
import {
  type CheckSettings,
  defaultSettings,
  inlineSettings,
  isEnabled,
  isRuleOn,
  isSkipped,
  parseSettings,
} from "./check-settings.js";
import { checkFacts } from "./facts/check-facts.js";
import { triggeredIn } from "./facts/placed-instruction.js";
import { runnableRules } from "./runnable-rules.js";

/** Runs the checks of `docker build --check` and some more on a Dockerfile. Which rules run say the `check` directive
 * (`# check=skip=A,B|all;error=true;experimental=C|all`) or `options.check` in its place, and, for one instruction,
 * `# check=skip=A` in the comment above it. The result includes the parser's diagnostics; a Dockerfile with errors is
 * checked as far as it can be read. Takes time linear in the text. Throws only what a function of the options throws.
 * @see https://docs.docker.com/reference/build-checks/ */
export function checkDockerfile(parsed: ParsedDockerfile, options: CheckOptions = {}): CheckResult {
  const { settings, errors } = readSettings(parsed, options);
  const facts = checkFacts(parsed, options);
  const inline = collectInline(parsed);
  const findings: Diagnostic[] = [];
  for (const rule of runnableRules) {
    const isOn = isRuleOn(rule, settings);
    if (!isOn && inline.size === 0) continue;
    const triggers = new Set<number>();
    rule.check(facts, (finding) => {
      const { owner, placed, span } = finding;
      if (!appliesTo(rule, owner ?? placed?.instruction, { isOn, inline })) return;
      const stage = placed && triggeredIn(placed);
      if (stage !== undefined && triggers.has(span.start.offset)) return;
      if (stage !== undefined) triggers.add(span.start.offset);
      findings.push(toCheckDiagnostic(rule, finding, stage));
    });
  }
  const diagnostics = inOrder(errors, parsed.diagnostics, facts.errors, findings);
  const hasError = diagnostics.some(({ severity }) => severity === "error");
  return { diagnostics, failed: hasError || (settings.error && findings.length > 0) };
}

interface ReadSettings {
  readonly settings: CheckSettings;
  readonly errors: readonly Diagnostic[];
}

function readSettings({ ast, stages }: ParsedDockerfile, { check }: CheckOptions): ReadSettings {
  const directive = ast.children.find(
    (node): node is DirectiveNode => node.kind === "directive" && node.name === "check",
  );
  const text = check ?? directive?.value ?? "";
  const parsed = parseSettings(text);
  if (parsed.ok) return { settings: parsed.settings, errors: [] };
  const start = ast.span.start;
  const span: Span =
    check === undefined && directive !== undefined
      ? directive.valueSpan
      : (stages.stages[0]?.from.keyword.span ?? { start, end: start });
  const message = `the check settings ${quoted(text)} are not valid: ${parsed.message}`;
  return {
    settings: defaultSettings,
    errors: [toDiagnostic({ rule: "DOCKERFILE_INVALID_CHECK", message, span })],
  };
}

type InlineSettings = ReadonlyMap<InstructionBase, CheckSettings>;

/** The settings in comments, by instruction; most Dockerfiles have none. */
function collectInline({ stages: { globalArgs, stages } }: ParsedDockerfile): InlineSettings {
  const inline = new Map<InstructionBase, CheckSettings>();
  const collect = (instruction: Instruction) => {
    const settings = instruction.comments.length === 0 ? undefined : inlineSettings(instruction.comments);
    if (settings === undefined) return;
    inline.set(instruction, settings);
    const trigger = instruction.kind === "onbuild" ? instruction.instruction : undefined;
    if (trigger !== undefined) inline.set(trigger, settings);
  };
  for (const instruction of globalArgs) collect(instruction);
  for (const { from, instructions } of stages) {
    collect(from);
    for (const instruction of instructions) collect(instruction);
  }
  return inline;
}

interface RuleState {
  readonly isOn: boolean;
  readonly inline: InlineSettings;
}

function appliesTo(
  rule: CheckRule,
  owner: InstructionBase | undefined,
  { isOn, inline }: RuleState,
): boolean {
  const settings = owner === undefined ? undefined : inline.get(owner);
  if (settings === undefined) return isOn;
  return !isSkipped(rule, settings) && (isOn || isEnabled(rule, settings));
}

/** Differs: BuildKit reports what is wrong with a trigger at the FROM of each stage that runs it; we report it once, at
 * the trigger, with a note on the first such stage. */
function notesOf({ notes }: CheckFinding, stage: Stage | undefined): CheckFinding["notes"] {
  if (stage === undefined) return notes;
  const { span } = stage.from.keyword;
  return [...(notes ?? []), { message: "the trigger runs in the stage that begins here", span }];
}

function toCheckDiagnostic(
  { name, docs }: CheckRule,
  finding: CheckFinding,
  stage: Stage | undefined,
): Diagnostic {
  const { message, span, hint, file, fixes } = finding;
  const notes = notesOf(finding, stage);
  return toDiagnostic({ rule: name, severity: "warning", message, span, notes, hint, docs, file, fixes });
}
