import { describe, expect, it } from "vitest";
import { rootSpace } from "../../test/support/test-space.js";
import { type ProgramEnd, startProgram } from "./host-program.js";

async function ended(script: string): Promise<ProgramEnd> {
  const options = { space: rootSpace, stdout: "ignored" } as const;
  return await startProgram(["/bin/sh", "-c", script], options).ended;
}

describe("startProgram", () => {
  it("tells how the program ended, and what it said as one line", async () => {
    expect(await ended("echo one >&2; echo ' two' >&2; exit 3")).toEqual({ status: 3, said: "one two" });
    expect(await ended("kill -9 $$")).toEqual({ status: "SIGKILL", said: "" });
  });

  it("tells what is wrong with a path, however long that is", async () => {
    const path = `/${"d/".repeat(3000)}file`;
    const { said } = await ended(`echo "tar: ${path}: File name too long" >&2; exit 2`);
    expect(said).toMatch(/^tar: \/d\/d.*….*\/d\/file: File name too long$/);
    expect(said.length).toBeLessThan(300);
  });

  it("tells no more than the beginning of much", async () => {
    const { said } = await ended("i=0; while [ $i -lt 20000 ]; do echo many words; i=$((i+1)); done >&2");
    expect(said).toMatch(/^many words many words/);
    expect(said).toHaveLength(1000);
  });
});
