import type { BuildEvent } from "../../events/build-event.js";
import { safeText } from "../safe-text.js";
import type { OutputStream } from "../terminal.js";
import type { ProgressView } from "./create-progress.js";
import { describeEvent } from "./describe-event.js";

/** Lines in the form of `docker build --progress=plain`: `#2 [1/2] COPY . .`, `#2 CACHED`, `#2 DONE 0.3s`. Each piece
 * of work has a number. */
export function plainProgress(stderr: OutputStream): ProgressView {
  const numbers = new Map<string, number>();
  const numberOf = (work: string): number => {
    const number = numbers.get(work) ?? numbers.size + 1;
    numbers.set(work, number);
    return number;
  };
  return {
    tell(event: BuildEvent) {
      const described = describeEvent(event);
      if (described === undefined) return;
      const { work, line } = described;
      const prefix = work === undefined ? "" : `#${numberOf(work)} `;
      stderr.write(`${prefix}${safeText(line)}\n`);
    },
    end: () => undefined,
  };
}
