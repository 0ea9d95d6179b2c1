import { describe, expect, it } from "vitest";
import { placesOf } from "../../test/support/check-places.js";
import { type CheckResult, checkDockerfile, parseDockerfile } from "../index.js";
import { triggerRunsMax } from "./facts/stage-runs.js";

const parent = (...triggers: readonly string[]) =>
  `FROM scratch AS p\n${triggers.map((trigger) => `ONBUILD ${trigger}\n`).join("")}`;

function checksOf(text: string): CheckResult {
  return checkDockerfile(parseDockerfile(text));
}

describe("triggers of ONBUILD in a stage of the same file", () => {
  it.each([
    ["UndefinedVar", `${parent("COPY $a /")}FROM p`, ["2:14-2:16"]],
    ["UndefinedVar", `${parent("ARG a=$b", "COPY $a /")}FROM p`, ["2:15-2:17"]],
    ["UndefinedVar", `${parent("ENV a=b", "COPY $a /")}FROM p`, []],
    ["UndefinedVar", `${parent("ENV a=b")}FROM p\nCOPY $a /`, []],
    ["UndefinedVar", `${parent("ENV a=b")}FROM p AS c\nFROM c\nCOPY $a /`, []],
    ["UndefinedVar", `FROM scratch AS p\nONBUILD COPY $a /\nENV a=b\nFROM p`, []],
    ["UndefinedVar", `${parent("COPY $a /")}FROM p\nARG a`, ["2:14-2:16"]],
    ["WorkdirRelativePath", `${parent("WORKDIR a")}FROM p`, ["2:17-2:18"]],
    ["WorkdirRelativePath", `${parent("WORKDIR /a")}FROM p\nWORKDIR b`, []],
    ["JSONArgsRecommended", `${parent("CMD a")}FROM p`, ["2:13-2:14"]],
    ["JSONArgsRecommended", `${parent('SHELL ["/a"]')}FROM p\nCMD a`, []],
    ["MultipleInstructionsDisallowed", `${parent('CMD ["a"]')}FROM p\nCMD ["b"]`, ["2:9-2:12"]],
    ["LegacyKeyValueFormat", `${parent("ENV a b", "LABEL c d")}FROM p`, ["2:13-2:16", "3:15-3:18"]],
    ["SecretsUsedInArgOrEnv", `${parent("ARG token", "ENV $x_key=y")}FROM p`, ["2:13-2:18"]],
    [
      "SecretsUsedInArgOrEnv",
      `FROM scratch AS p\nENV x=api\nONBUILD ENV ${"$"}{x}_key=y\nFROM p`,
      ["3:13-3:21"],
    ],
    ["ExposeProtoCasing", `${parent("EXPOSE 80/TCP")}FROM p`, ["2:16-2:22"]],
    ["ExposeInvalidFormat", `${parent("ENV b=1:2", "EXPOSE $b")}FROM p`, ["3:16-3:18"]],
    ["AptGetNoClean", `${parent("RUN apt-get update")}FROM p`, ["2:9-2:12"]],
    ["CopyBeforeInstall", `${parent("COPY . .")}FROM p\nRUN npm ci`, ["2:9-2:17"]],
  ])("%s on %j: %j", (rule, text, places) => {
    expect(placesOf(rule, text)).toEqual(places);
  });

  it("CopyIgnoredFile asks for the paths of triggers with the variables of the stage", () => {
    const isIgnored = (path: string) => (path === "b" ? { pattern: "b", line: 1 } : undefined);
    const text =
      "FROM scratch AS p\nENV v=a\nONBUILD COPY $v /\nFROM p AS q\nFROM scratch AS p\nENV v=b\nONBUILD COPY $v /\nFROM p\n";
    expect(placesOf("CopyIgnoredFile", text, { isIgnored })).toEqual(["7:14-7:16"]);
  });

  it.each([
    ["no stage of the file runs them", parent("CMD a", "WORKDIR b", "ENV c d", "COPY $e /")],
    ["only a stage on a stage would", `${parent("CMD a")}FROM scratch AS c\nFROM c`],
    ["their letter case differs, as in BuildKit", `${parent('cmd ["a"]')}FROM p`],
  ])("says nothing when %s", (_name, text) => {
    expect(checksOf(text).diagnostics).toEqual([]);
  });

  it("does not run triggers again in stages that build on those that ran them", () => {
    const text = `${parent('CMD ["a"]')}FROM p AS c\nFROM c\nCMD ["b"]\n`;
    expect(placesOf("MultipleInstructionsDisallowed", text)).toEqual([]);
  });

  it("are skipped by the comment above ONBUILD", () => {
    const text = "FROM scratch AS p\n# check=skip=JSONArgsRecommended\nONBUILD CMD a\nFROM p\n";
    expect(placesOf("JSONArgsRecommended", text)).toEqual([]);
  });

  it.each([
    ["FROM p\nARG a", "Put ONBUILD ARG a above the trigger"],
    ["FROM p\nENV ab=c", undefined],
  ])("advise to add a trigger where the variable comes later: %j", (child, hint) => {
    const [found] = checksOf(`${parent("COPY $a /")}${child}\n`).diagnostics;
    expect(found?.hint).toBe(hint);
  });

  it("Differs: BuildKit reports what is wrong with a trigger at the FROM of each stage that runs it", () => {
    const { diagnostics } = checksOf(`${parent("CMD a")}FROM p AS c\nFROM p AS d\n`);
    expect(diagnostics).toHaveLength(1);
    expect(diagnostics[0]?.notes.map(({ span }) => span?.start.line)).toEqual([3]);
  });

  it("Differs: BuildKit checks triggers only in stages that the target needs", () => {
    expect(placesOf("JSONArgsRecommended", `${parent("CMD a")}FROM p\nFROM scratch\n`)).toEqual([
      "2:13-2:14",
    ]);
  });

  it("Differs: checks divide a trigger with the escape character of its file", () => {
    const secrets = (text: string) => placesOf("SecretsUsedInArgOrEnv", text);
    const trigger = "ONBUILD ENV a=b\\ token=c\n";
    expect(secrets(`FROM scratch AS p\n${trigger}FROM p\n`)).toEqual([]);
    expect(secrets(`# escape=\`\nFROM scratch AS p\n${trigger}FROM p\n`)).toEqual(["3:18-3:23"]);
  });

  it("Differs: BuildKit has no limit of triggers; of ours the first 10,000 are checked", () => {
    expect(triggerRunsMax).toBe(10_000);
    const harmless = Array.from({ length: triggerRunsMax - 1 }, () => "USER x");
    expect(placesOf("JSONArgsRecommended", `${parent(...harmless, "CMD a")}FROM p\n`)).toHaveLength(1);
    expect(placesOf("JSONArgsRecommended", `${parent(...harmless, "USER x", "CMD a")}FROM p\n`)).toEqual([]);
  });
});
