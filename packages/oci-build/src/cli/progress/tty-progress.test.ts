import { describe, expect, it } from "vitest";
import type { BuildEvent } from "../../events/build-event.js";
import type { OutputStream } from "../terminal.js";
import { ttyProgress } from "./tty-progress.js";

/** A terminal that keeps what it would show: lines wrap at its width, and it knows what the view uses. */
class Screen {
  columns: number;
  rows = 24;
  cursor: "shown" | "hidden" = "shown";
  readonly #lines: string[] = [""];
  #row = 0;

  constructor(columns: number) {
    this.columns = columns;
  }

  write(text: string): boolean {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
    for (const [part] of text.matchAll(/\u001b\[\??\d*[A-Za-z]|[^\u001b]/gu)) this.#take(part);
    return true;
  }

  #take(part: string): void {
    if (part === "\u001b[?25l") this.cursor = "hidden";
    else if (part === "\u001b[?25h") this.cursor = "shown";
    else if (part === "\u001b[2K") this.#lines[this.#row] = "";
    else if (part === "\u001b[J") this.#lines.length = this.#row + 1;
    else if (part.length > 2 && part.endsWith("A")) this.#row -= Number(part.slice(2, -1));
    else if (part === "\n") this.#feed();
    else if (part === "\r") this.#lines[this.#row] = "";
    else this.#put(part);
  }

  #put(character: string): void {
    const wide = /[\u3000-\u9fff]/.test(character) ? 2 : 1;
    if (this.width(this.#lines[this.#row] ?? "") + wide > this.columns) this.#feed();
    this.#lines[this.#row] = (this.#lines[this.#row] ?? "") + character;
  }

  #feed(): void {
    this.#row += 1;
    this.#lines[this.#row] ??= "";
  }

  width(line: string): number {
    return [...line].reduce((sum, character) => sum + (/[\u3000-\u9fff]/.test(character) ? 2 : 1), 0);
  }

  /** What is shown, without blanks at the ends. */
  shown(): readonly string[] {
    return this.#lines.map((line) => line.trimEnd()).filter((line) => line !== "");
  }
}

const span = { start: { offset: 0, line: 1, column: 1 }, end: { offset: 1, line: 1, column: 2 } };
const step = (name: string, id = name) => ({ id, name, span });

function show(screen: Screen, events: readonly Record<string, unknown>[]) {
  const view = ttyProgress(screen as unknown as OutputStream, { color: false });
  for (const event of events) view.tell({ timeMs: Date.now(), ...event } as unknown as BuildEvent);
  return view;
}

const started = (name: string) => ({ type: "step.started", step: step(name) });
const cached = (name: string) => ({
  type: "step.finished",
  step: step(name),
  durationMs: 0,
  outcome: { status: "cached" },
});

describe("ttyProgress", () => {
  it.each([12, 40, 80, 200])("never wraps a line of running work in %i columns", (columns) => {
    const screen = new Screen(columns);
    const names = [`[1/2] COPY ${"long/".repeat(60)} /`, `[2/2] COPY ${"漢字".repeat(80)} /`];
    const view = show(screen, names.map(started));
    expect(screen.shown()).toHaveLength(2);
    for (const line of screen.shown()) expect(screen.width(line)).toBeLessThanOrEqual(columns);
    view.end();
    expect(screen.shown()).toEqual([]);
  });

  it("leaves a line for each piece of finished work, and the cursor as it was", () => {
    const screen = new Screen(40);
    const view = show(screen, [started("[1/1] COPY . ."), cached("[1/1] COPY . .")]);
    expect(screen.cursor).toBe("hidden");
    view.end();
    expect([screen.shown(), screen.cursor]).toEqual([["✓ CACHED [1/1] COPY . ."], "shown"]);
  });

  it("takes a size of 0 for one that the terminal does not know", () => {
    const screen = new Screen(0);
    screen.rows = 0;
    const written: string[] = [];
    screen.write = (text) => written.push(text) > 0;
    show(screen, [started("[1/1] COPY . ."), cached("[1/1] COPY . .")]).end();
    expect(written.join("")).toContain("✓ CACHED [1/1] COPY . .");
  });

  it("draws for the width that the terminal has now", () => {
    const screen = new Screen(80);
    const view = show(screen, [started("[1/2] COPY a /")]);
    screen.columns = 200;
    view.tell({ timeMs: Date.now(), ...started(`[2/2] COPY ${"b".repeat(120)} /`) } as unknown as BuildEvent);
    expect(screen.shown()[1]).toContain("b".repeat(120));
  });

  it("draws no more rows than the terminal has", () => {
    const screen = new Screen(40);
    screen.rows = 4;
    show(screen, ["a", "b", "c", "d", "e"].map(started)).end();
    expect(screen.shown()).toEqual([]);
  });

  const wrote = (name: string, text: string) => ({
    type: "step.output",
    step: step(name),
    stream: "stdout",
    text,
    elapsedMs: 1,
  });

  it("shows the last lines of a command below it, and takes them away when it has ended", () => {
    const screen = new Screen(40);
    const lines = Array.from({ length: 9 }, (_, index) => `line ${index}\n`).join("");
    show(screen, [started("RUN a"), wrote("RUN a", lines), started("RUN b")]);
    expect(screen.shown().map((line) => line.replace(/ +0.0s$/, ""))).toEqual([
      "⠋ RUN a",
      ...[3, 4, 5, 6, 7, 8].map((index) => `  │ line ${index}`),
      "⠋ RUN b",
    ]);
    const ended = new Screen(40);
    show(ended, [
      started("RUN a"),
      wrote("RUN a", lines),
      started("RUN b"),
      cached("RUN a"),
      cached("RUN b"),
    ]).end();
    expect(ended.shown()).toEqual(["✓ CACHED RUN a", "✓ CACHED RUN b"]);
  });

  it.each([3, 5, 8])("shares %i rows between commands, and wraps no line of theirs", (rows) => {
    const screen = new Screen(20);
    screen.rows = rows;
    const long = `${"x".repeat(90)}\n`.repeat(9);
    show(screen, [started("a"), wrote("a", long), started("b"), wrote("b", long), started("c")]);
    expect(screen.shown().length).toBeLessThan(rows);
    for (const line of screen.shown()) expect(screen.width(line)).toBeLessThanOrEqual(20);
  });

  it("says nothing after its end", () => {
    const screen = new Screen(40);
    const view = show(screen, [started("a")]);
    view.end();
    view.tell({ timeMs: Date.now(), ...started("b") } as unknown as BuildEvent);
    view.end();
    expect([screen.shown(), screen.cursor]).toEqual([[], "shown"]);
  });

  it("lets no name control the terminal or fake a line", () => {
    const screen = new Screen(80);
    show(screen, [started("COPY a\u001b[2Jb\n✓ done\u009b31m\u202e /")]);
    expect(screen.shown()).toEqual([
      expect.stringMatching(/^⠋ COPY a\\x1b\[2Jb\\n✓ done\\x9b31m\\u202e \/ +0\.0s$/),
    ]);
  });
});
