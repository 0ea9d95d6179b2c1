import type { BuildEvent } from "../../events/build-event.js";
import { safeText } from "../safe-text.js";
import type { OutputStream } from "../terminal.js";
import type { ProgressView } from "./create-progress.js";
import { describeEvent } from "./describe-event.js";
import { outputLines } from "./output-lines.js";

/** Lines in the form of `docker build --progress=plain`: `#2 [1/2] RUN make`, `#2 0.123 cc main.c`, `#2 DONE 0.3s`. Each
 * piece of work has a number; what a command writes has the seconds since it was started. */
export function plainProgress(stderr: OutputStream): ProgressView {
  const numbers = new Map<string, number>();
  const numberOf = (work: string): number => {
    const number = numbers.get(work) ?? numbers.size + 1;
    numbers.set(work, number);
    return number;
  };
  return {
    tell(event: BuildEvent) {
      if (event.type === "step.output") {
        const prefix = `#${numberOf(event.step.id)} ${(event.elapsedMs / 1000).toFixed(3)}`;
        stderr.write(
          outputLines(event.text)
            .map((line) => `${prefix} ${line}\n`)
            .join(""),
        );
        return;
      }
      const described = describeEvent(event);
      if (described === undefined) return;
      const { work, line } = described;
      const prefix = work === undefined ? "" : `#${numberOf(work)} `;
      stderr.write(`${prefix}${safeText(line)}\n`);
    },
    end: () => undefined,
  };
}
