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
  on(event: NodeJS.Signals, listener: (signal: NodeJS.Signals) => void): unknown;
  off(event: NodeJS.Signals, listener: (signal: NodeJS.Signals) => void): unknown;
}

const DEFAULT_WIDTH = 100;

/** How a stream wants its text. https://no-color.org: any value but the empty one turns colour off. */
export function textStyle(
  stream: OutputStream,
  env: CliProcess["env"],
): { readonly color: boolean; readonly width: number } {
  const wanted = env["FORCE_COLOR"] !== undefined && !/^(?:0|false)$/.test(env["FORCE_COLOR"]);
  const refused = Boolean(env["NO_COLOR"]) || env["TERM"] === "dumb";
  return { color: !refused && (wanted || stream.isTTY === true), width: stream.columns ?? DEFAULT_WIDTH };
}
