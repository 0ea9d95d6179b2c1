import { safeJson } from "../safe-json.js";
import type { OutputStream } from "../terminal.js";
import type { ProgressView } from "./create-progress.js";

/** One event a line, as JSON: see `BuildEvent`. */
export function rawJsonProgress(stderr: OutputStream): ProgressView {
  return {
    tell: (event) => void stderr.write(`${safeJson(event)}\n`),
    end: () => undefined,
  };
}
