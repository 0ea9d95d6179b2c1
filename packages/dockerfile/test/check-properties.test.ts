import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  applyFixes,
  type CheckOptions,
  checkDockerfile,
  checkRules,
  expandWord,
  expandWords,
  type Instruction,
  type ParsedDockerfile,
  parseDockerfile,
  parsePortSpec,
  type Word,
} from "../src/index.js";

const everyRule = `experimental=${checkRules.map(({ name }) => name).join(",")}`;

const words = [
  ..."FROM from From AS as RUN CMD ENTRYPOINT COPY ADD ENV env LABEL ARG WORKDIR EXPOSE MAINTAINER SHELL".split(
    " ",
  ),
  ..."ONBUILD HEALTHCHECK USER VOLUME STOPSIGNAL --from= --platform= --mount=type=bind,from=".split(" "),
  ..."a Base BASE base . / 80/TCP 1:2 a=b $a ${a} ${b:-c} $TARGETPLATFORM ${ \" ' \\ [ ] <<E E && npm ci".split(
    " ",
  ),
  ...[
    "apt-get update",
    "# check=skip=all",
    "# check=",
    "# a b",
    '["x"]',
    "\n",
    "\n",
    "\n",
    "\n",
    " ",
    " ",
    " ",
    " ",
    "\r\n",
  ],
  ...[
    " \\\n",
    "\t",
    "\uFEFF",
    "\n\n",
    "linux/amd64",
    "scratch",
    "SECRET_KEY",
    "=",
    "-",
    ":",
    "@",
    "\0",
    "\u{1F600}",
  ],
];

const anyText = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.array(fc.constantFrom(...words), { maxLength: 60 }).map((parts) => parts.join("")),
  fc.array(fc.constantFrom(...words), { maxLength: 60 }).map((parts) => `FROM a\n${parts.join(" ")}`),
);

const options: CheckOptions = {
  check: everyRule,
  isIgnored: (path) => (path.length % 2 === 0 ? { pattern: path, line: 1 } : undefined),
  baseImage: (image) =>
    image.length % 2 === 0 ? { platform: image, environment: new Map([["A", image]]) } : undefined,
};

/** Each text is a Dockerfile whose instructions a fix can change. */
const line = fc.constantFrom(
  "CMD node a.js",
  "cmd a && b",
  "ENTRYPOINT /x y",
  "ENV a b",
  "ENV a b c $d",
  "env a 'b c'",
  "LABEL a  b",
  'MAINTAINER A "b" $c',
  "EXPOSE 80/TCP 1:2 $p/UDP",
  "RUN a \\\n\n  b",
  "Copy --from=ONE a b",
  "RUN --mount=from=One,target=/a b",
  "WORKDIR a",
  "ARG a=$b",
);
const from = fc.constantFrom(
  "FROM a AS One",
  "from a AS two",
  "From One as THREE",
  "FROM --platform=$TARGETPLATFORM a as b",
);
const dockerfile = fc
  .tuple(
    fc.constantFrom("", "ARG a\n", "# escape=`\n"),
    from,
    fc.array(fc.oneof({ weight: 4, arbitrary: line }, from), { maxLength: 15 }),
  )
  .map(([head, first, lines]) => `${head}${[first, ...lines].join("\n")}\n`);

/** Fixes until nothing is left to fix. */
function fixAll(text: string): string {
  let fixed = text;
  for (let pass = 0; pass < 5; pass += 1) {
    const next = applyFixes(fixed, checkDockerfile(parseDockerfile(fixed)).diagnostics).text;
    if (next === fixed) return fixed;
    fixed = next;
  }
  throw new Error(`fixes do not come to an end: ${fixed}`);
}

const variables = new Map([
  ["a", "1"],
  ["d", "two words"],
  ["p", "90"],
]);

/** What the instructions do, as far as a fix may touch it. */
function meaningOf({ ast, stages }: ParsedDockerfile): readonly unknown[] {
  const expand = (word: Word) => expandWord(word.text, variables, { escape: ast.escape });
  const meaning = (instruction: Instruction): unknown => {
    switch (instruction.kind) {
      case "env":
        return instruction.pairs.map(({ key, value }) => ["env", expand(key), expand(value)]);
      case "label":
        return instruction.pairs.map(({ key }) => ["label", key.text.replace(/^org.*authors$/, "author")]);
      case "maintainer":
        return [["label", "author"]];
      case "expose":
        return instruction.ports.flatMap(portsOf).sort();
      case "cmd":
      case "entrypoint": {
        const { command } = instruction;
        return [instruction.kind, command.form === "exec" ? command.args : command.text.split(/ +/)];
      }
      case "copy":
        return ["copy", instruction.from?.text.toLowerCase(), instruction.sources.map(({ text }) => text)];
      case "run":
        return ["run", instruction.command, instruction.mounts.length].map((part) =>
          typeof part === "object" && part.form === "shell" ? part.text.replace(/\s+/g, " ") : part,
        );
      default:
        return [instruction.kind];
    }
  };
  return stages.stages.map(({ name, instructions }) => [name, instructions.map(meaning)]);
}

function portsOf({ text }: Word): readonly string[] {
  const expanded = expandWords(text, variables);
  return (expanded.ok ? expanded.words : []).flatMap((word) => {
    const spec = parsePortSpec(word);
    return spec.ok ? spec.ports : [];
  });
}

describe("checkDockerfile", () => {
  it("never throws, and places every finding inside the text", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const { diagnostics } = checkDockerfile(parseDockerfile(text), options);
        for (const { span, fixes = [] } of diagnostics) {
          for (const { start, end } of [span, ...fixes.map((edit) => edit.span)]) {
            expect(start.offset).toBeLessThanOrEqual(end.offset);
            expect(end.offset).toBeLessThanOrEqual(text.length);
            const lineStart = text.lastIndexOf("\n", start.offset - 1) + 1;
            if (start.offset > 0)
              expect([start.offset, start.column]).toEqual([start.offset, start.offset - lineStart + 1]);
          }
        }
      }),
      { numRuns: 2000 },
    );
  });

  it("offers fixes after which nothing is left to fix", () => {
    fc.assert(
      fc.property(fc.oneof(dockerfile, anyText), (text) => {
        const fixed = fixAll(text);
        const { diagnostics } = checkDockerfile(parseDockerfile(fixed));
        expect(diagnostics.filter(({ fixes }) => fixes !== undefined)).toEqual([]);
      }),
      { numRuns: 1000 },
    );
  });

  it("offers fixes that keep the meaning", () => {
    fc.assert(
      fc.property(dockerfile, (text) => {
        const before = parseDockerfile(text);
        const after = parseDockerfile(fixAll(text));
        expect(meaningOf(after)).toEqual(meaningOf(before));
      }),
      { numRuns: 500 },
    );
  });

  it("offers fixes that add no finding", () => {
    const rulesOf = (text: string) =>
      new Set(checkDockerfile(parseDockerfile(text)).diagnostics.map(({ rule }) => rule));
    fc.assert(
      fc.property(dockerfile, (text) => {
        // A FROM with capitals names no stage until it is mended, so circles may come to light.
        const rules = [...rulesOf(fixAll(text))].filter((rule) => rule !== "DOCKERFILE_STAGE_CYCLE");
        const before = rulesOf(text);
        expect(rules.filter((rule) => !before.has(rule))).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });
});
