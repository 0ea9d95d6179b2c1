import { describe, expect, it } from "vitest";
import { placesOf } from "../../test/support/check-places.js";
import type { CheckOptions } from "./check-options.js";

type Case = readonly [rule: string, text: string, places: readonly string[], options?: CheckOptions];

/** A rule, a text, and all places where the rule fires. */
const cases: readonly Case[] = [
  ["StageNameCasing", "FROM a AS Build", ["1:11-1:16"]],
  ["StageNameCasing", "FROM a AS b-1\nFROM B AS c", []],
  ["FromAsCasing", "FROM a as b", ["1:8-1:10"]],
  ["FromAsCasing", "from a AS b", ["1:8-1:10"]],
  ["FromAsCasing", "FROM a As b\nFROM a \\\n as b", ["1:8-1:10", "3:2-3:4"]],
  ["FromAsCasing", "FROM a AS b\nfrom a as b\nFrom a as b\nFrom a AS b\nFROM a", []],
  ["NoEmptyContinuation", "FROM a\nRUN b \\\n\n  c \\\n \t\nd", ["3:1-3:1"]],
  ["NoEmptyContinuation", "FROM a\nRUN b \\\n# c\n  d\n\nRUN <<E\n\n\nE\n", []],
  ["ConsistentInstructionCasing", "From a\nRUN b", ["1:1-1:5"]],
  ["ConsistentInstructionCasing", "from a\ncopy a b\nCOPY a b", ["3:1-3:5"]],
  ["ConsistentInstructionCasing", "FROM a\ncopy a b\nCOPY a b", ["2:1-2:5"]],
  ["ConsistentInstructionCasing", "from a\nCOPY a b", ["1:1-1:5"]],
  ["ConsistentInstructionCasing", "arg x\nFROM a\nONBUILD run x\nRUN <<E\nenv a\nE\n", []],
  ["ConsistentInstructionCasing", "from a\ncopy a b\n", []],
  ["DuplicateStageName", "FROM a AS b\nFROM a AS B\nFROM a AS b", ["2:11-2:12", "3:11-3:12"]],
  ["DuplicateStageName", "FROM a AS b\nFROM a AS c\nFROM a\nFROM a", []],
  ["ReservedStageName", "FROM scratch AS scratch\nFROM a AS Context", ["1:17-1:24", "2:11-2:18"]],
  ["ReservedStageName", "FROM scratch\nFROM scratch AS a", []],
  ["JSONArgsRecommended", "FROM a\nCMD b c\nENTRYPOINT [x", ["2:5-2:8", "3:12-3:14"]],
  ["JSONArgsRecommended", 'FROM a\nSHELL ["/b"]\nCMD c\nFROM a AS d\nSHELL ["/e"]\nFROM d\nENTRYPOINT f', []],
  ["JSONArgsRecommended", 'FROM a\nCMD b\nSHELL ["/c"]\nRUN d\nHEALTHCHECK CMD e', ["2:5-2:6"]],
  ["JSONArgsRecommended", "FROM a\nCMD b", [], { baseImage: () => ({ shell: "set" }) }],
  ["MaintainerDeprecated", "FROM a\nmaintainer b", ["2:1-2:11"]],
  ["MaintainerDeprecated", "FROM a\nLABEL maintainer=b", []],
  ["UndefinedArgInFrom", "ARG a=b\nFROM $a:${c}$d", ["2:9-2:13", "2:13-2:15"]],
  ["UndefinedArgInFrom", "FROM --platform=$BULIDPLATFORM a", ["1:17-1:31"]],
  [
    "UndefinedArgInFrom",
    "ARG a\nFROM --platform=$TARGETPLATFORM b$a${c:-}${d+e}\nFROM $HTTP_PROXY",
    ["3:6-3:17"],
  ],
  ["UndefinedArgInFrom", "FROM $a", ["1:6-1:8"], { buildArgs: new Map([["a", "b"]]) }],
  ["WorkdirRelativePath", "FROM a\nWORKDIR b/\nWORKDIR c", ["2:9-2:11"]],
  ["WorkdirRelativePath", "FROM a AS b\nWORKDIR /c\nFROM b\nWORKDIR d\nFROM a\nWORKDIR /e\nWORKDIR f", []],
  [
    "WorkdirRelativePath",
    "FROM a\nENV b=/c d=e\nWORKDIR $b\nFROM scratch\nENV d=e\nWORKDIR $d",
    ["6:9-6:11"],
  ],
  ["WorkdirRelativePath", "FROM a\nWORKDIR $b", []],
  ["WorkdirRelativePath", "FROM a\nWORKDIR C:\\\\b", [], { targetPlatform: "windows/amd64" }],
  ["UndefinedVar", "FROM scratch\nCOPY $a /\nARG a=b\nCOPY $a /", ["2:6-2:8"]],
  ["UndefinedVar", "FROM scratch\nARG a\nCOPY b$a${c}x /\nENV d=$PATH", ["3:9-3:13"]],
  ["UndefinedVar", "FROM scratch AS a\nARG b=c\nFROM a\nCOPY $b .\nFROM scratch\nCOPY $b .", ["6:6-6:8"]],
  ["UndefinedVar", "FROM scratch\nENV a=b c=$a\nENV d=$a\nARG e=$f f=$e", ["2:11-2:13", "4:7-4:9"]],
  ["UndefinedVar", "FROM scratch\nRUN $a\nCMD $a\nEXPOSE $a\nHEALTHCHECK CMD $a\nONBUILD COPY $a /", []],
  [
    "UndefinedVar",
    "FROM scratch\nCOPY ${a:-b} ${c-} ${d:+e} '$f' \\$g /\nRUN --mount=from=$h,target=/$i x",
    ["3:29-3:31"],
  ],
  ["UndefinedVar", "FROM scratch\nCOPY <<E <<'F' /\n$a\nE\n$b\nF\n", ["3:1-3:3"]],
  [
    "UndefinedVar",
    "FROM scratch\nUSER $a$a\nLABEL $b=$c\nVOLUME $d\nSTOPSIGNAL $e\nWORKDIR /$f",
    ["2:6-2:8", "3:7-3:9", "3:10-3:12", "4:8-4:10", "5:12-5:14", "6:10-6:12"],
  ],
  [
    "UndefinedVar",
    "FROM scratch AS a\nENV x=y\nFROM a AS b\nENV x= z=w\nFROM a AS c\nENV x=/v\nFROM a\nWORKDIR $x$z",
    ["8:11-8:13"],
  ],
  [
    "WorkdirRelativePath",
    "FROM scratch AS a\nENV x=/y\nFROM a AS b\nENV x=z\nFROM a\nWORKDIR $x\nFROM b\nWORKDIR $x",
    ["8:9-8:11"],
  ],
  ["UndefinedVar", "FROM a\nENV b=$JAVA_HOME c=$1", ["2:20-2:22"]],
  ["UndefinedVar", "ARG a=1\nFROM b\nENV c=$a d=$TARGETARCH", ["3:7-3:9", "3:12-3:23"]],
  ["UndefinedVar", "ARG NODE_VERSION=1\nFROM node:$NODE_VERSION\nENV a=$NODE_VERSION", []],
  [
    "UndefinedVar",
    "FROM a\nENV b=$c d=$e",
    ["2:7-2:9"],
    { baseImage: () => ({ environment: new Map([["e", "f"]]) }) },
  ],
  [
    "MultipleInstructionsDisallowed",
    'FROM a\nCMD ["b"]\nRUN c\nCMD ["d"]\nCMD ["e"]',
    ["2:1-2:4", "4:1-4:4"],
  ],
  [
    "MultipleInstructionsDisallowed",
    "FROM a\nHEALTHCHECK NONE\nENTRYPOINT a\nHEALTHCHECK CMD b\nENTRYPOINT b",
    ["2:1-2:12", "3:1-3:11"],
  ],
  ["MultipleInstructionsDisallowed", "FROM a AS b\nCMD c\nFROM b\nCMD d\nENTRYPOINT e", []],
  ["LegacyKeyValueFormat", "FROM a\nENV b c d\nLABEL e f", ["2:5-2:10", "3:7-3:10"]],
  ["LegacyKeyValueFormat", "FROM a\nENV b=c d=e\nLABEL f=", []],
  ["InvalidBaseImagePlatform", "FROM a", ["1:6-1:7"], { baseImage: () => ({ platform: "linux/arm64/v8" }) }],
  [
    "InvalidBaseImagePlatform",
    "FROM --platform=linux/aarch64 a AS b\nFROM b",
    [],
    { baseImage: () => ({ platform: "linux/arm64" }) },
  ],
  ["InvalidBaseImagePlatform", "FROM a", [], { baseImage: () => ({ platform: "linux/amd64" }) }],
  ["RedundantTargetPlatform", "FROM --platform=$TARGETPLATFORM a", ["1:17-1:32"]],
  [
    "RedundantTargetPlatform",
    "FROM --platform=${TARGETPLATFORM} a\nFROM --platform=$BUILDPLATFORM a",
    ["1:17-1:34"],
  ],
  [
    "RedundantTargetPlatform",
    "FROM --platform=$TARGETOS/$TARGETARCH a\nFROM --platform=$TARGETPLATFORM$x a",
    [],
  ],
  [
    "SecretsUsedInArgOrEnv",
    "FROM a\nARG SECRET_X b\nENV git_key= apikey=c d=e",
    ["2:5-2:13", "3:5-3:12", "3:14-3:20"],
  ],
  ["SecretsUsedInArgOrEnv", "ARG TOKEN\nFROM a\nARG PUBLIC_KEY TOKEN_FILE KEY_VERSION MONKEY TOKENS", []],
  ["SecretsUsedInArgOrEnv", "FROM a\nARG x=y\nENV ${x}_password=z", ["3:5-3:18"]],
  ["InvalidDefaultArgInFrom", "ARG a\nFROM b:$a", ["2:6-2:10"], { buildArgs: new Map([["a", "c"]]) }],
  ["InvalidDefaultArgInFrom", "ARG a\nFROM $a\nARG b\nFROM c$b\nFROM x/$a", ["2:6-2:8", "5:6-5:10"]],
  ["InvalidDefaultArgInFrom", 'ARG a="box:"\nFROM busy${a}', ["2:6-2:14"]],
  ["InvalidDefaultArgInFrom", 'ARG a=d b=""\nFROM c:$a\nFROM c:d${b}\nFROM X', []],
  [
    "FromPlatformFlagConstDisallowed",
    "FROM --platform=linux/amd64 a\nFROM --platform=arm64 a",
    ["1:17-1:28", "2:17-2:22"],
  ],
  [
    "FromPlatformFlagConstDisallowed",
    "FROM --platform=linux/amd64 a AS b_amd64\nFROM --platform=linux a AS Linux",
    [],
  ],
  ["FromPlatformFlagConstDisallowed", "FROM --platform=$BUILDPLATFORM a\nFROM --platform=nonsense a", []],
  ["InvalidDefinitionDescription", "# b is c\nFROM a AS b\n# x\nARG c\n# y\nARG d e", ["4:1-4:4", "6:1-6:4"]],
  [
    "InvalidDefinitionDescription",
    "# x\n\nFROM a AS b\n# x\n#\nARG c\n# d x\nARG c d\n# x\nRUN y\n# x\nFROM a",
    [],
  ],
  ["InvalidDefinitionDescription", "# B is upper\nFROM a AS B", ["2:1-2:5"]],
  ["ExposeProtoCasing", "FROM a\nENV p=UDP\nEXPOSE 80/TCP 81/$p 82/tcp 83", ["3:8-3:14", "3:15-3:20"]],
  [
    "ExposeInvalidFormat",
    "FROM a\nENV p=1:2\nEXPOSE 127.0.0.1:80:8080 5000:5000 6000-6002 $p",
    ["3:8-3:25", "3:26-3:35", "3:46-3:48"],
  ],
];

describe("BuildKit's rules", () => {
  const rows = cases.map(([rule, text, places, options]) => ({ rule, text, places, options }));
  it.each(rows)("$rule on $text: $places", ({ rule, text, places, options }) => {
    expect(placesOf(rule, text, options)).toEqual(places);
  });

  it("CopyIgnoredFile asks for the paths of the context alone, cleaned", () => {
    const asked: string[] = [];
    const isIgnored = (path: string) => {
      asked.push(path);
      return path === "b/c" ? { pattern: "b", line: 3 } : undefined;
    };
    const text =
      "FROM x\nENV v=b\nCOPY a ./$v//c . /d\nADD http://e git@f.g:h https://i.j/k.git *.l <<E /\nE\nCOPY --from=m n o\n";
    expect(placesOf("CopyIgnoredFile", text, { isIgnored })).toEqual(["3:8-3:15"]);
    expect(asked).toEqual(["a", "b/c", "*.l"]);
  });

  it("CopyIgnoredFile does not judge an ignore file with exceptions", () => {
    const isIgnored = () => ({ pattern: "*", line: 1 });
    const withText = (text: string) => ({ isIgnored, ignoreFile: { name: "i", text } });
    expect(placesOf("CopyIgnoredFile", "FROM x\nCOPY a b", withText("*\n!a"))).toEqual([]);
    expect(placesOf("CopyIgnoredFile", "FROM x\nCOPY a b", withText("*\na!"))).toEqual(["2:6-2:7"]);
  });

  it("Differs: a name without variables is not reported by InvalidDefaultArgInFrom", () => {
    expect(placesOf("InvalidDefaultArgInFrom", "FROM a:\nFROM $b")).toEqual(["2:6-2:8"]);
  });

  it("Differs: a substitution with a default is not reported by UndefinedArgInFrom", () => {
    expect(placesOf("UndefinedArgInFrom", "FROM a${b:-c}${d-}${e:+f}$g")).toEqual(["1:26-1:28"]);
  });

  it("Differs: while the environment of the base image is not known, UndefinedVar reports less", () => {
    const text = "FROM a\nENV b=$JAVA_HOME\nENV JAVA_HOM=c\nENV d=$JAVA_HOME";
    expect(placesOf("UndefinedVar", text)).toEqual(["4:7-4:17"]);
    const baseImage = () => ({ environment: new Map<string, string>() });
    expect(placesOf("UndefinedVar", text, { baseImage })).toEqual(["2:7-2:17", "4:7-4:17"]);
  });
});
