import type {
  AddInstruction,
  CopyInstruction,
  Instruction,
  RunInstruction,
} from "../../instructions/instruction.js";
import { type CheckRule, defineRule, type ReportCheck } from "../check-rule.js";
import { installTools } from "../facts/install-command.js";
import type { PlacedInstruction } from "../facts/placed-instruction.js";
import { scriptText } from "../facts/shell-commands.js";

/** What one stage hands to those built on it: the copy of the whole context, and the tools that ran before it. */
interface CopyState {
  readonly copy?: PlacedInstruction | undefined;
  readonly installed: ReadonlySet<string>;
}

const nothing: CopyState = { installed: new Set() };

/** Dependencies are installed before the sources are copied, else any change of a source installs them again. */
export const copyBeforeInstall: CheckRule = defineRule({
  name: "CopyBeforeInstall",
  origin: "oci-build",
  check: (facts, report) => {
    const isCopied = ({ instruction }: { readonly instruction: CopyInstruction | AddInstruction }) =>
      copiesContext(instruction);
    if (!facts.ofKind("copy").some(isCopied) && !facts.ofKind("add").some(isCopied)) return;
    const states: CopyState[] = [];
    const reported = new Set<Instruction>();
    for (const { runs, parent } of facts.bases) {
      let state = parent === undefined ? nothing : (states[parent] ?? nothing);
      for (const placed of runs) {
        const { instruction } = placed;
        if (instruction.kind === "copy" || instruction.kind === "add") {
          if (state.copy === undefined && copiesContext(instruction)) state = { ...state, copy: placed };
        } else if (instruction.kind === "run")
          state = visitRun({ state, run: instruction, reported, report });
      }
      states.push(state);
    }
  },
});

function copiesContext(instruction: CopyInstruction | AddInstruction): boolean {
  if (instruction.kind === "copy" && instruction.from !== undefined) return false;
  return instruction.sources.some(({ text }) => text === "." || text === "./" || text === "/");
}

interface RunVisit {
  readonly state: CopyState;
  readonly run: RunInstruction;
  readonly reported: Set<Instruction>;
  readonly report: ReportCheck;
}

/** A tool that also ran before the copy is left alone: its second run is then about something else. */
function visitRun({ state, run, reported, report }: RunVisit): CopyState {
  const tools = installTools(scriptText(run));
  const { copy, installed } = state;
  if (copy === undefined)
    return tools.length === 0 ? state : { ...state, installed: new Set([...installed, ...tools]) };
  const tool = tools.find((name) => !installed.has(name));
  if (tool === undefined || reported.has(copy.instruction)) return state;
  reported.add(copy.instruction);
  report({
    placed: copy,
    span: copy.instruction.span,
    message: `all sources are copied before ${tool} installs the dependencies, so any change installs them again`,
    hint: "Copy the manifest and the lock file, install, then copy the rest",
    notes: [{ message: `${tool} runs here`, span: run.keyword.span }],
  });
  return state;
}
