import { describe, expect, it } from "vitest";
import { RunOutput } from "./run-output.js";

const SECOND_BYTES = 200 * 1024;
const LINE = `${"x".repeat(1023)}\n`;

function collect(): {
  readonly output: RunOutput;
  readonly told: string[];
  readonly wait: (ms: number) => void;
  readonly take: (text: string, stream?: "stdout" | "stderr") => void;
} {
  const told: string[] = [];
  let nowMs = 0;
  const output = new RunOutput({
    elapsedMs: () => nowMs,
    tell: (stream, text) => told.push(stream === "stdout" ? text : `!${text}`),
  });
  return {
    output,
    told,
    wait: (ms) => {
      nowMs += ms;
    },
    take: (text, stream = "stdout") => output.take(stream, Buffer.from(text)),
  };
}

describe("RunOutput", () => {
  it("tells whole lines, each stream's by themselves", () => {
    const { output, told, take } = collect();
    take("a\nb\nc");
    take("d", "stderr");
    take("e\n");
    output.end();
    expect(told).toEqual(["a\nb\n", "ce\n", "!d\n"]);
  });

  it("joins characters that come in parts, and shows what is none as such", () => {
    const { output, told } = collect();
    const bytes = Buffer.from("é\n");
    output.take("stdout", bytes.subarray(0, 1));
    output.take("stdout", bytes.subarray(1));
    output.take("stdout", Buffer.from([0xff, 0x0a, 0xc3]));
    output.end();
    expect(told).toEqual(["é\n", "�\n", "�\n"]);
  });

  it("does not keep bytes that it was given", () => {
    const { output, told } = collect();
    const bytes = Buffer.from("a");
    output.take("stdout", bytes);
    bytes.fill("b");
    output.take("stdout", Buffer.from("\n"));
    expect(told).toEqual(["a\n"]);
  });

  it("tells a very long line in parts", () => {
    const { output, told, take } = collect();
    take("x".repeat(20_000));
    output.end();
    expect(told.map((text) => text.length)).toEqual([16_384, 3617]);
  });

  it("tells no more in a second than people would read, and how much that left out", () => {
    const { output, told, take, wait } = collect();
    for (let line = 0; line < 300; line++) take(LINE);
    expect(told.join("").length).toBe(SECOND_BYTES);
    wait(1000);
    take("after\n");
    output.end();
    expect(told.slice(-2)).toEqual([
      "[output clipped: 102400 bytes are not shown, no more than 200 KiB a second are]\n",
      "after\n",
    ]);
  });

  it("tells no more than 2 MiB in all, and says so at the end", () => {
    const { output, told, take, wait } = collect();
    for (let second = 0; second < 20; second++, wait(1000)) take(LINE.repeat(200));
    output.end();
    expect(told.at(-1)).toBe(
      `![output clipped: ${(4000 - 2048) * 1024} bytes are not shown, no more than 2 MiB of a step are]\n`,
    );
    expect(told.slice(0, -1).join("").length).toBe(2 * 1024 * 1024);
  });

  it("keeps the last lines for an error, told or not", () => {
    const { output, take } = collect();
    for (let line = 0; line < 500; line++) take(LINE);
    for (let line = 0; line < 100; line++) take(`${line}\n`);
    const lines = output.tail().split("\n");
    expect([lines.length, lines[0], lines.at(-2)]).toEqual([41, "60", "99"]);
  });

  it("keeps no more of very long lines than an error can show", () => {
    const { output, take } = collect();
    take(`${"x".repeat(100_000)}\n`);
    expect(output.tail().length).toBe(8192);
  });
});
