import type { OutputStream } from "../terminal.js";
import type { ProgressView } from "./create-progress.js";

/** One event a line, as JSON: see `BuildEvent`. */
export function rawJsonProgress(stderr: OutputStream): ProgressView {
  return {
    tell: (event) => void stderr.write(`${JSON.stringify(event)}\n`),
    end: () => undefined,
  };
}
