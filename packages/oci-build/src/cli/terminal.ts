import type { Writable } from "node:stream";

/** A stream that may be a terminal. */
export type OutputStream = Writable & {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
};

/** What the command needs of its process; tests pass their own. */
export interface CliProcess {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly stdin: NodeJS.ReadableStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  exitCode?: number | string | null | undefined;
  /** Ends the process at once. */
  exit?(code: number): unknown;
  on(event: NodeJS.Signals, listener: (signal: NodeJS.Signals) => void): unknown;
  off(event: NodeJS.Signals, listener: (signal: NodeJS.Signals) => void): unknown;
}

const DEFAULT_WIDTH = 100;

/** How a stream wants its text. NO_COLOR (any value but the empty one) and FORCE_COLOR=0 turn colour off, any other
 * FORCE_COLOR turns it on where there is no terminal.
 * @see https://no-color.org */
export function textStyle(
  stream: OutputStream,
  env: CliProcess["env"],
): { readonly color: boolean; readonly width: number } {
  const forced = env["FORCE_COLOR"];
  const isRefused = Boolean(env["NO_COLOR"]) || env["TERM"] === "dumb" || /^(?:0|false)$/.test(forced ?? "");
  const isWanted = Boolean(forced) || stream.isTTY === true;
  return { color: isWanted && !isRefused, width: columnsIn(stream) };
}

/** How many columns a stream has. A terminal that does not know its own size says 0. */
export function columnsIn({ columns = 0 }: OutputStream): number {
  return columns > 0 ? columns : DEFAULT_WIDTH;
}
