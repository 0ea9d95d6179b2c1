import { describe, expect, it } from "vitest";
import { expansionMaxLength } from "../expand/expansion.js";
import { checkDockerfile, dockerfileRules, expandWord, parseDockerfile } from "../index.js";

/** A text, and place and rule of its first diagnostic. */
const cases: readonly (readonly [text: string, place: string, rule: string])[] = [
  ["", "1:1-1:1", "DOCKERFILE_EMPTY"],
  ["\n# only\n", "1:1-3:1", "DOCKERFILE_EMPTY"],
  ["ARG a\n", "1:1-2:1", "DOCKERFILE_NO_STAGE"],
  ["ARG a\nENV b=c\nRUN x", "2:1-2:4", "DOCKERFILE_NO_STAGE"],
  ["# escape=/\nFROM a", "1:10-1:11", "DOCKERFILE_INVALID_ESCAPE"],
  ["# check=a\n#CHECK = b\nFROM a", "2:2-2:7", "DOCKERFILE_DUPLICATE_DIRECTIVE"],
  [`FROM a\nRUN ${"x".repeat(65_536)}\n`, "2:1-2:65541", "DOCKERFILE_LINE_TOO_LONG"],
  ["FROM a\nRUN a <<E b\nx\n E\n", "2:7-2:10", "DOCKERFILE_UNTERMINATED_HEREDOC"],
  ["FROM a\nRUN <<A <<B\nA\n", "2:9-2:12", "DOCKERFILE_UNTERMINATED_HEREDOC"],
  ["FROM a\nADD x <<E\nE\n", "2:7-2:10", "DOCKERFILE_HEREDOC_DESTINATION"],
  ["FROM a\n  FOO bar", "2:3-2:6", "DOCKERFILE_UNKNOWN_INSTRUCTION"],
  ["FROM a\nRU\\\nN \\\n--x y", "4:1-4:4", "DOCKERFILE_UNKNOWN_FLAG"],
  ["FROM a\nCOPY --li\\\nnks a b", "2:6-3:4", "DOCKERFILE_UNKNOWN_FLAG"],
  ["FROM a\nCOPY --from=a --from=b c d", "2:15-2:23", "DOCKERFILE_DUPLICATE_FLAG"],
  ["FROM a\nCOPY --link=1 a b", "2:13-2:14", "DOCKERFILE_INVALID_FLAG_VALUE"],
  ["FROM a\nCOPY --from a b", "2:6-2:12", "DOCKERFILE_INVALID_FLAG_VALUE"],
  ["FROM a\nRUN --network=lan x", "2:15-2:18", "DOCKERFILE_INVALID_FLAG_VALUE"],
  ["FROM a\nHEALTHCHECK --timeout=999us CMD x", "2:23-2:28", "DOCKERFILE_INVALID_FLAG_VALUE"],
  ["FROM a\nCOPY --chmod=u+q a b", "2:14-2:17", "DOCKERFILE_INVALID_FLAG_VALUE"],
  ["FROM --platform=/ a", "1:17-1:18", "DOCKERFILE_INVALID_FLAG_VALUE"],
  ["FROM a AS b c", "1:6-1:14", "DOCKERFILE_ARGUMENT_COUNT"],
  ["FROM a\nCOPY a", "2:6-2:7", "DOCKERFILE_ARGUMENT_COUNT"],
  ['FROM a\nADD ["a"]', "2:5-2:10", "DOCKERFILE_ARGUMENT_COUNT"],
  ["FROM a\nUSER", "2:1-2:5", "DOCKERFILE_ARGUMENT_COUNT"],
  ["FROM a\nENV b", "2:5-2:6", "DOCKERFILE_INVALID_PAIR"],
  ["FROM a\nENV b=c d", "2:9-2:10", "DOCKERFILE_INVALID_PAIR"],
  ["FROM a\nONBUILD ENV b=c d", "2:17-2:18", "DOCKERFILE_INVALID_PAIR"],
  ["FROM a\nLABEL a=b =c", "2:11-2:13", "DOCKERFILE_EMPTY_WORD"],
  ['FROM a\nVOLUME ["/a", " "]', "2:15-2:18", "DOCKERFILE_EMPTY_WORD"],
  ["FROM a\nCMD [1]", "2:5-2:8", "DOCKERFILE_INVALID_JSON"],
  ["FROM a\nSHELL [] x", "2:7-2:11", "DOCKERFILE_INVALID_JSON"],
  ["FROM a AS 1", "1:11-1:12", "DOCKERFILE_INVALID_STAGE_NAME"],
  ["FROM a\nEXPOSE 1 2/x", "2:10-2:13", "DOCKERFILE_INVALID_PORT"],
  ["FROM a\nSTOPSIGNAL 0", "2:12-2:13", "DOCKERFILE_INVALID_SIGNAL"],
  ["FROM a\nHEALTHCHECK x y", "2:13-2:14", "DOCKERFILE_INVALID_HEALTHCHECK"],
  ["FROM a\nONBUILD FROM b", "2:9-2:13", "DOCKERFILE_INVALID_TRIGGER"],
  ["FROM a\nARG --a b", "2:5-2:8", "DOCKERFILE_FLAG_IGNORED"],
  ["FROM a\nRUN --mount=type=tmpfs,target=/a,uid=1 x", "2:13-2:39", "DOCKERFILE_INVALID_MOUNT"],
  ["FROM a\nRUN --mount=target=/./ x", "2:20-2:23", "DOCKERFILE_INVALID_MOUNT"],
  ["FROM a\nCOPY --from=${x} a b", "2:13-2:17", "DOCKERFILE_VARIABLE_NOT_ALLOWED"],
  ["FROM a\nCOPY --from=1 a b", "2:13-2:14", "DOCKERFILE_UNKNOWN_STAGE"],
  ["FROM a\nCOPY --from=0 a b", "2:13-2:14", "DOCKERFILE_STAGE_CYCLE"],
];

describe("parseDockerfile", () => {
  it.each(cases)("reports %j at %s as %s", (text, place, rule) => {
    const [first] = parseDockerfile(text).diagnostics;
    const { start, end } = first?.span ?? { start: { line: 0, column: 0 }, end: { line: 0, column: 0 } };
    expect([first?.rule, `${start.line}:${start.column}-${end.line}:${end.column}`]).toEqual([rule, place]);
  });

  it.each([
    "FROM a\nRUN\nCMD\nENTRYPOINT\nCMD []\n",
    "FROM a AS b-_.1\nCOPY --chown=$x --chmod=$y --from= a b\n",
    "FROM --platform=$BUILDPLATFORM $a AS b\nFROM b\n",
    'FROM a\nEXPOSE "80" $p ${q:-1}/tcp\nSTOPSIGNAL "SIGTERM"\n',
    "FROM a\nENV a= b='' c\\ d=e\nLABEL \"x y\"=z\nARG a= b\n",
    "FROM a\nHEALTHCHECK --interval=0 --retries=0 CMD x\nHEALTHCHECK --interval= CMD []x\n",
    "FROM a\nRUN --mount=type=cache,target=$x,ro,from=b,id= --mount=type=SECRET,id=x true\n",
    "FROM a\nCOPY -- --from=x /y\nRUN --network=none -- --x\n",
    "FROM a\nONBUILD RUN x\nonbuild copy a b\n",
    "FROM a AS b\nFROM a AS B\nCOPY --from=other:1 x y\n",
  ])("has nothing to say about %j", (text) => {
    expect(parseDockerfile(text).diagnostics).toEqual([]);
  });
});

describe("flags that mean nothing", () => {
  it.each(["ARG --a b", "STOPSIGNAL --a 9", "HEALTHCHECK --interval=1s NONE"])(
    "Differs: BuildKit drops such flags without a word; we warn: %s",
    (line) => {
      const found = parseDockerfile(`FROM a\n${line}\n`).diagnostics;
      expect(found.map(({ rule, severity }) => `${severity} ${rule}`)).toEqual([
        "warning DOCKERFILE_FLAG_IGNORED",
      ]);
    },
  );
});

describe("dockerfileRules", () => {
  it("lists the rules that this file makes happen, and no others", () => {
    const texts = ["'", "${", "${x?}", "x".repeat(expansionMaxLength + 1)];
    const expansions = texts.map((text) => expandWord(text, new Map()));
    const checked = checkDockerfile(parseDockerfile("# check=x\nFROM a")).diagnostics;
    const rules = [
      ...checked.map(({ rule }) => rule),
      ...cases.map(([, , rule]) => rule),
      ...expansions.map((result) => (result.ok ? "" : result.rule)),
    ];
    expect([...new Set(rules)].sort()).toEqual(Object.keys(dockerfileRules).sort());
  });
});
