import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { DockerfileAst, InstructionPart, Span } from "../index.js";
import { parse, parseDockerfile, print } from "../index.js";

/** Pieces from which broken and whole Dockerfiles come about more often than from single characters. */
const pieces = [
  ..."\\`\"'[]{}<>-=$#,:/\0\uFEFF\uD800 \t\r\n",
  ..."\n\n\n",
  "FROM ",
  "RUN ",
  "COPY ",
  "ONBUILD ",
  "ENV ",
  "HEALTHCHECK CMD ",
  "# escape=`\n",
  "# c\n",
  "\\\n",
  "`\n",
  "<<EOF",
  "<<-'E'",
  "EOF\n",
  "--from=a ",
  "--mount=type=bind,",
  "a=b ",
  "\r\n",
  '["a"]',
  "\u00a0",
  "\u2028",
  "é",
  "😀",
];
const dockerfile = fc.array(fc.constantFrom(...pieces), { maxLength: 40 }).map((parts) => parts.join(""));
const anyText = fc.oneof(dockerfile, fc.string({ unit: "binary" }), fc.string({ unit: "grapheme" }));

describe("parse", () => {
  it("loses no character of any text", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(print(parse(text).ast)).toBe(text);
      }),
      { numRuns: 2000 },
    );
  });

  it("gives leaves whose spans join without gaps and tell the truth about lines and columns", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        let offset = 0;
        for (const { span, text: leaf } of leaves(parse(text).ast)) {
          expect(span.start.offset).toBe(offset);
          expect(text.slice(span.start.offset, span.start.offset + leaf.length)).toBe(leaf);
          expect(span.start).toEqual(positionOf(text, offset));
          offset += leaf.length;
        }
        expect(offset).toBe(text.length);
      }),
      { numRuns: 1000 },
    );
  });

  it("gives a tree that is plain JSON", () => {
    fc.assert(
      fc.property(dockerfile, (text) => {
        const { ast } = parse(text);
        expect(JSON.parse(JSON.stringify(ast))).toEqual(ast);
      }),
    );
  });

  it("reports a line of 64 KiB without its `\\n` and takes one that is a byte shorter", () => {
    const line = `RUN ${"é".repeat(32_765)}`;
    expect(parse(`FROM a\n${line}\r\n`).diagnostics).toEqual([]);
    const [diagnostic] = parse(`FROM a\n${line}x\r\n`).diagnostics;
    expect(diagnostic).toMatchObject({
      rule: "DOCKERFILE_LINE_TOO_LONG",
      span: { start: { line: 2, column: 1 } },
    });
  });

  it("counts lines of here-documents and continuations against the limit", () => {
    const long = "x".repeat(70_000);
    const { diagnostics } = parse(`FROM a\nRUN <<E\n${long}\nE\nRUN a \\\n${long}\n`);
    expect(diagnostics.map(({ span }) => span.start.line)).toEqual([3, 6]);
  });

  it("joins 100,000 continuation lines", () => {
    const { stages, diagnostics } = parseDockerfile(`FROM a\nRUN x\\\n${" y\\\n".repeat(100_000)} z`);
    expect(diagnostics).toEqual([]);
    expect(stages.stages[0]?.instructions[0]).toMatchObject({
      command: { text: `x${" y".repeat(100_000)} z` },
    });
  });
});

describe("parseDockerfile", () => {
  it("gives instructions and values whose spans lie within those of what they are part of", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const { ast, stages } = parseDockerfile(`FROM a\n${text}`);
        expect(outsiders(ast)).toEqual([]);
        expect(outsiders(stages)).toEqual([]);
      }),
      { numRuns: 1000 },
    );
  });

  it.each(["RUN", "CMD", "ENTRYPOINT", "HEALTHCHECK CMD", "COPY", "ENV", "USER"])(
    "places what a trigger `%s` has no words for within the trigger",
    (trigger) => {
      const { stages, diagnostics } = parseDockerfile(`FROM a\nONBUILD ${trigger} `);
      expect(outsiders(stages)).toEqual([]);
      for (const { span } of diagnostics) expect(span.start.column).toBeGreaterThan("ONBUILD".length);
    },
  );

  it("throws for no text and orders diagnostics by place, within the text", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const { diagnostics } = parseDockerfile(text);
        const offsets = diagnostics.map(({ span }) => span.start.offset);
        expect(offsets).toEqual(offsets.toSorted((a, b) => a - b));
        for (const { span } of diagnostics) {
          expect(span.end.offset).toBeGreaterThanOrEqual(span.start.offset);
          expect(span.end).toEqual(positionOf(text, span.end.offset));
        }
      }),
      { numRuns: 2000 },
    );
  });

  it("survives 10,000 nested ONBUILD, quotes, brackets and braces", () => {
    const nasty = ["ONBUILD ", "[", '"', "${a:-", "\\\n", "<<a ", "--mount=", "a='"];
    for (const piece of nasty) {
      const text = `FROM a\nRUN ${piece.repeat(10_000)}\n${piece.repeat(1000)}`;
      expect(print(parseDockerfile(text).ast)).toBe(text);
    }
  });
});

/** Spans that reach beyond that of the object around them. */
function outsiders(value: unknown, around?: Span): readonly Span[] {
  if (typeof value !== "object" || value === null) return [];
  const span = "span" in value ? (value.span as Span) : undefined;
  const isOutside =
    span !== undefined &&
    around !== undefined &&
    (span.start.offset < around.start.offset || span.end.offset > around.end.offset);
  const below = Object.entries(value)
    .filter(([name]) => name !== "comments")
    .flatMap(([, item]) => outsiders(item, span ?? around));
  return isOutside ? [span, ...below] : below;
}

function leaves(ast: DockerfileAst): readonly { readonly span: Span; readonly text: string }[] {
  return ast.children.flatMap((node) =>
    node.kind === "instruction"
      ? node.parts.map((part) => ({ span: part.span, text: textOf(part) }))
      : [node],
  );
}

function textOf(part: InstructionPart): string {
  return part.kind === "heredoc" ? part.text + part.end : part.text;
}

function positionOf(text: string, offset: number): Span["start"] {
  const before = text.slice(0, offset).split("\n");
  return { offset, line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}
