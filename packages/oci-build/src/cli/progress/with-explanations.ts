import type { BaseExplanation } from "../../explain/explain-bases.js";
import type { StepExplanation } from "../../explain/step-explanation.js";
import { baseLines } from "../commands/base-lines.js";
import { explanationLines } from "../commands/explanation-lines.js";
import { type CliProcess, textStyle } from "../terminal.js";
import type { Progress } from "./create-progress.js";

/** A view that ends with why each step was, or was not, taken from the cache. */
export function withExplanations(
  view: Progress,
  { stderr, env }: Pick<CliProcess, "stderr" | "env">,
): Progress {
  // By id: a step that is run again, because a blob was damaged, is told of once.
  const bases: BaseExplanation[] = [];
  const explained = new Map<string, StepExplanation>();
  return {
    source: () => view.source(),
    tell(event) {
      if (event.type === "base.explained") bases.push(event.explanation);
      if (event.type === "step.explained") explained.set(event.step.id, event.explanation);
      view.tell(event);
    },
    end() {
      view.end();
      const style = textStyle(stderr, env);
      const lines = [
        ...baseLines(bases.splice(0), style),
        ...explanationLines([...explained.values()], style),
      ];
      explained.clear();
      if (lines.length > 0) stderr.write(`${lines.join("\n")}\n`);
    },
  };
}
