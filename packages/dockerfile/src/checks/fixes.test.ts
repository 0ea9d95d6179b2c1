import { describe, expect, it } from "vitest";
import { applyFixes, checkDockerfile, parseDockerfile } from "../index.js";

function fix(rule: string, text: string): string {
  const { diagnostics } = checkDockerfile(parseDockerfile(text));
  return applyFixes(
    text,
    diagnostics.filter((diagnostic) => diagnostic.rule === rule),
  ).text;
}

/** A rule, a text, and the text after its fixes: the same where there is none. */
const cases: readonly (readonly [rule: string, text: string, fixed: string])[] = [
  [
    "StageNameCasing",
    "FROM a AS Base\nFROM Base AS x\nCOPY --from=BASE a b\nRUN --mount=type=bind,from=Base,target=/c d\n",
    "FROM a AS base\nFROM base AS x\nCOPY --from=base a b\nRUN --mount=type=bind,from=base,target=/c d\n",
  ],
  ["StageNameCasing", "FROM a AS B\\\nC\n", "FROM a AS B\\\nC\n"],
  ["FromAsCasing", "FROM a \\\n# c\n as b\nfrom a A\\\nS b\n", "FROM a \\\n# c\n AS b\nfrom a a\\\ns b\n"],
  ["NoEmptyContinuation", "FROM a\nRUN b \\\r\n\r\n# c\r\n \r\n d\r\n", "FROM a\nRUN b \\\r\n# c\r\n d\r\n"],
  ["ConsistentInstructionCasing", "from a as b\nCOPY a b\nRUN c", "FROM a AS b\nCOPY a b\nRUN c"],
  ["ConsistentInstructionCasing", "from a as b\nCopy a b\nrun c", "from a as b\ncopy a b\nrun c"],
  ["LegacyKeyValueFormat", "FROM a\nENV b c\nLABEL d  e f\n", 'FROM a\nENV b=c\nLABEL d="e f"\n'],
  [
    "LegacyKeyValueFormat",
    'FROM a\nENV b "c d"\nENV e $f/x ${g:-h i}\n',
    'FROM a\nENV b="c d"\nENV e="$f/x ${g:-h i}"\n',
  ],
  ["LegacyKeyValueFormat", "FROM a\nENV b = c\nENV d c\\ e\n", 'FROM a\nENV b="= c"\nENV d=c\\ e\n'],
  ["LegacyKeyValueFormat", "FROM a\nENV b 'c' d\nENV e \\\n f\n", "FROM a\nENV b 'c' d\nENV e \\\n f\n"],
  [
    "MaintainerDeprecated",
    "FROM a\nMAINTAINER Ada \"A\" $x \\ <a@b>\nmaintainer 'Bo'\n",
    'FROM a\nLABEL org.opencontainers.image.authors="Ada \\"A\\" \\$x \\\\ <a@b>"\nlabel org.opencontainers.image.authors="Bo"\n',
  ],
  [
    "JSONArgsRecommended",
    "FROM a\nCMD node  server.js --p=1\n",
    'FROM a\nCMD ["node", "server.js", "--p=1"]\n',
  ],
  ["JSONArgsRecommended", "FROM a\nENTRYPOINT /bin/x\n", 'FROM a\nENTRYPOINT ["/bin/x"]\n'],
  ["JSONArgsRecommended", "FROM a\nENTRYPOINT x\nCMD exec y\n", "FROM a\nENTRYPOINT x\nCMD exec y\n"],
  [
    "JSONArgsRecommended",
    "FROM a\nCMD a && b\nCMD a $b\nCMD A=b c\nCMD a*\nCMD a \\\n b\nCMD",
    "FROM a\nCMD a && b\nCMD a $b\nCMD A=b c\nCMD a*\nCMD a \\\n b\nCMD",
  ],
  ["ExposeProtoCasing", "FROM a\nEXPOSE 80/TCP $p/UDP 81/Udp\n", "FROM a\nEXPOSE 80/tcp $p/UDP 81/udp\n"],
  ["ExposeInvalidFormat", "FROM a\nEXPOSE 1:2/tcp 127.0.0.1::3\n", "FROM a\nEXPOSE 2/tcp 3\n"],
  ["RedundantTargetPlatform", "FROM --platform=$TARGETPLATFORM  a AS b", "FROM a AS b"],
  ["DuplicateStageName", "FROM a AS b\nFROM a AS b", "FROM a AS b\nFROM a AS b"],
];

describe("applyFixes", () => {
  it.each(cases)("%s mends %j", (rule, text, fixed) => {
    expect(fix(rule, text)).toBe(fixed);
  });

  it("mends the file that the diagnostic names, and no other", () => {
    const ignoreFile = { name: ".dockerignore", text: "a\r\nnode_modules/\r\n" };
    const { diagnostics } = checkDockerfile(parseDockerfile("FROM a as b"), { ignoreFile });
    expect(applyFixes(ignoreFile.text, diagnostics, ".dockerignore").text).toBe("a\r\n**/node_modules/\r\n");
    expect(applyFixes("FROM a as b", diagnostics).text).toBe("FROM a AS b");
  });

  it("applies all edits of a diagnostic or none, the earlier diagnostic first", () => {
    const at = (start: number, end: number, text: string) => ({
      span: {
        start: { offset: start, line: 1, column: start + 1 },
        end: { offset: end, line: 1, column: end + 1 },
      },
      text,
    });
    const diagnostic = (message: string, ...fixes: readonly ReturnType<typeof at>[]) => {
      const span = at(0, 0, "").span;
      return { rule: "x", severity: "warning" as const, message, span, notes: [], fixes };
    };
    const diagnostics = [
      diagnostic("first", at(4, 6, "X")),
      diagnostic("overlaps", at(0, 1, "Y"), at(5, 7, "Y")),
      diagnostic("touches", at(6, 7, "Z"), at(1, 1, "+")),
    ];
    const { text, fixed } = applyFixes("0123456789", diagnostics);
    expect(text).toBe("0+123XZ789");
    expect(fixed.map(({ message }) => message)).toEqual(["first", "touches"]);
  });
});
