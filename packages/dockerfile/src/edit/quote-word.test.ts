import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  createInstruction,
  expandWord,
  type Instruction,
  type InstructionSpec,
  parseDockerfile,
  type QuoteOptions,
  quoteWord,
  type Word,
} from "../index.js";

const loneSurrogate = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g;
const character = fc.oneof(
  fc.constantFrom(..."\\`\"'$ \t#=-[]{}<,é\u00a0"),
  fc.string({ unit: "binary", minLength: 1, maxLength: 1 }),
);
const word = fc
  .array(character, { minLength: 1, maxLength: 8 })
  .map((all) => all.join("").replace(/[\n\r]/g, ""));
const escapeCharacter = fc.constantFrom<"\\" | "`">("\\", "`");

function readBack(spec: InstructionSpec, options: QuoteOptions): Instruction | undefined {
  const text = `# escape=${options.escape ?? "\\"}\nFROM a\n${createInstruction(spec, options)}\n`;
  return parseDockerfile(text).stages.stages[0]?.instructions[0];
}

function expandedWord(read: Word | undefined, options: QuoteOptions): string | undefined {
  const expanded = expandWord(read?.text ?? "?", new Map(), options);
  return expanded.ok ? expanded.value : undefined;
}

describe("quoteWord", () => {
  it.each([
    ["a", "a"],
    ["", '""'],
    ["a b", '"a b"'],
    ["--a", '"--a"'],
    ['"', '"\\""'],
    ["a\\", '"a\\\\"'],
    ["$a", '"\\$a"'],
  ])("writes %j as %j", (text, expected) => {
    expect(quoteWord(text)).toBe(expected);
  });

  it("gives words of ENV that are read back as the text", () => {
    fc.assert(
      fc.property(word, escapeCharacter, (text, mark) => {
        const instruction = readBack({ kind: "env", pairs: { A: text, B: text } }, { escape: mark });
        const pairs = instruction?.kind === "env" ? instruction.pairs : [];
        expect(pairs.map(({ value }) => expandedWord(value, { escape: mark }))).toEqual([text, text]);
      }),
    );
  });

  it("gives words of ARG, WORKDIR and USER that are read back as the text", () => {
    fc.assert(
      fc.property(word, escapeCharacter, (text, mark) => {
        fc.pre(text !== "");
        const arg = readBack({ kind: "arg", args: { A: text } }, { escape: mark });
        const workdir = readBack({ kind: "workdir", path: text }, { escape: mark });
        const user = readBack({ kind: "user", user: text }, { escape: mark });
        const words = [
          arg?.kind === "arg" ? arg.args[0]?.default : undefined,
          workdir?.kind === "workdir" ? workdir.path : undefined,
          user?.kind === "user" ? user.user : undefined,
        ];
        expect(words.map((read) => expandedWord(read, { escape: mark }))).toEqual([text, text, text]);
      }),
    );
  });
});

describe("createInstruction", () => {
  it("gives paths of COPY that are read back as the texts", () => {
    fc.assert(
      fc.property(
        fc.array(word, { minLength: 1, maxLength: 3 }),
        word,
        escapeCharacter,
        (sources, destination, mark) => {
          const instruction = readBack({ kind: "copy", sources, destination }, { escape: mark });
          const read = instruction?.kind === "copy" ? [...instruction.sources, instruction.destination] : [];
          const texts = [...sources, destination].map((text) => text.replace(loneSurrogate, "\uFFFD"));
          expect(read.map((path) => expandedWord(path, { escape: mark }))).toEqual(texts);
        },
      ),
    );
  });

  it("gives commands of RUN that are read back as the texts", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.array(word), (text, args) => {
        fc.pre(text.trim() === text && text !== "" && !/[\n\r\u0085\ufeff]/.test(text));
        const shell = readBack({ kind: "run", command: text }, {});
        const exec = readBack({ kind: "run", command: args }, {});
        const heredoc = shell?.kind === "run" ? shell.heredocs[0]?.content : undefined;
        if (heredoc !== undefined) expect(heredoc).toBe(`${text}\n`);
        else expect(shell).toMatchObject({ command: { form: "shell", text } });
        expect(exec).toMatchObject({
          command: { form: "exec", args: args.map((arg) => arg.replace(loneSurrogate, "\uFFFD")) },
        });
      }),
    );
  });
});
