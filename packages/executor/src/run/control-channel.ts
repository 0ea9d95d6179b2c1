import type { Readable } from "node:stream";

/** What went wrong is kept up to this length. */
const PROBLEM_MAX_LENGTH = 4096;

/** What a prelude tells of itself. */
export class ControlChannel {
  /** The pid of the process that everything ends with, as seen from here; undefined when it never came to that. */
  readonly pid: Promise<number | undefined>;
  #rest = "";
  #problem = "";
  #isReady = false;
  #tellPid: (pid: number | undefined) => void = () => undefined;
  readonly #onReady: (() => void) | undefined;

  /** `onReady` is called when the program is reached. */
  constructor(stream: Readable, onReady?: () => void) {
    this.#onReady = onReady;
    this.pid = new Promise((resolve) => {
      this.#tellPid = resolve;
    });
    stream.setEncoding("utf8");
    stream.on("data", (text: string) => this.#take(text));
    stream.on("error", () => this.#tellPid(undefined));
    stream.on("close", () => this.#tellPid(undefined));
  }

  /** Whether the program was reached, so that how it ended is the command's affair. */
  get isReady(): boolean {
    return this.#isReady;
  }

  /** What was said besides, on one line. */
  get problem(): string {
    return (this.#problem + this.#rest).replaceAll(/[\s\p{Cc}]+/gu, " ").trim();
  }

  #take(text: string): void {
    const lines = (this.#rest + text).split("\n");
    this.#rest = (lines.pop() ?? "").slice(0, PROBLEM_MAX_LENGTH);
    for (const line of lines) this.#takeLine(line);
  }

  #takeReady(): void {
    this.#isReady = true;
    this.#onReady?.();
  }

  #takeLine(line: string): void {
    const pid = /^pid ([1-9][0-9]{0,9})$/.exec(line)?.[1];
    if (pid !== undefined) this.#tellPid(Number(pid));
    else if (line === "ready") this.#takeReady();
    else if (this.#problem.length < PROBLEM_MAX_LENGTH)
      this.#problem += `${line.slice(0, PROBLEM_MAX_LENGTH)}\n`;
  }
}
