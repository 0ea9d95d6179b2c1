import type { BuildEvent } from "../../events/build-event.js";
import { type CliProcess, textStyle } from "../terminal.js";
import { plainProgress } from "./plain-progress.js";
import type { ProgressMode } from "./progress-mode.js";
import { rawJsonProgress } from "./raw-json-progress.js";

/** Shows a build's events. */
export interface ProgressView {
  tell(event: BuildEvent): void;
  /** Leaves the terminal in order; nothing is told after it. */
  end(): void;
}

/** A view that also keeps the Dockerfile's text, for errors to show. */
export interface Progress extends ProgressView {
  source(): { readonly file: string; readonly text: string } | undefined;
}

/** The view of a mode. `auto` is `tty` on a terminal that can move its cursor, else `plain`. All write to standard
 * error. */
export async function createProgress(mode: ProgressMode, process: CliProcess): Promise<Progress> {
  const view = await createView(mode, process);
  let source: { file: string; text: string } | undefined;
  return {
    tell(event) {
      if (event.type === "build.started") source = { file: event.file, text: event.source };
      view.tell(event);
    },
    end: () => view.end(),
    source: () => source,
  };
}

async function createView(mode: ProgressMode, process: CliProcess): Promise<ProgressView> {
  const { stderr, env } = process;
  switch (mode) {
    case "quiet":
      return { tell: () => undefined, end: () => undefined };
    case "rawjson":
      return rawJsonProgress(stderr);
    case "plain":
      return plainProgress(stderr);
    case "tty":
      return (await import("./tty-progress.js")).ttyProgress(stderr, textStyle(stderr, env));
    case "auto":
      return createView(canMoveCursor(process) ? "tty" : "plain", process);
  }
}

function canMoveCursor({ stderr, env }: CliProcess): boolean {
  return stderr.isTTY === true && env["TERM"] !== "dumb" && !env["CI"];
}
