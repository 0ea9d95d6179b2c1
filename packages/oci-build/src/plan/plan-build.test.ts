import { describe, expect, it } from "vitest";
import { planOf, refusalOf } from "../../test/support/plan-lines.js";
import type { StagePlan } from "./step.js";

function env({ config }: StagePlan): string[] {
  return [...config.env].filter(([name]) => name !== "PATH").map(([name, value]) => `${name}=${value}`);
}

describe("planBuild: environment and arguments", () => {
  it.each([
    ["one instruction sees one environment", ["ENV a=hello", "ENV a=bye b=$a"], ["a=bye", "b=hello"]],
    ["an ARG default sees the ENV before it", ["ENV v=1", "ARG w=$v", "ENV x=$w"], ["v=1", "x=1"]],
    ["ARGs of one line see each other", ["ARG a=1 b=${a}2", "ENV x=$b"], ["x=12"]],
    ["an ARG after an ENV of its name hides it", ["ENV a=env", "ARG a=arg", "ENV x=$a"], ["a=env", "x=arg"]],
    ["an ENV after an ARG of its name hides it", ["ARG a=arg", "ENV a=env", "ENV x=$a"], ["a=env", "x=env"]],
    ["a proxy argument is not expanded without its ARG", ["ENV x=-$HTTP_PROXY-"], ["x=--"]],
    ["an ARG that nothing sets leaves an ENV of its name", ["ENV a=1", "ARG a", "ENV x=$a"], ["a=1", "x=1"]],
    [
      "a platform argument must be declared",
      ["ENV a=$TARGETARCH", "ARG TARGETARCH", "ENV b=$TARGETARCH"],
      ["a=", "b=amd64"],
    ],
  ])("%s", (_, lines, expected) => {
    expect(env(planOf(["FROM scratch", ...lines]).target)).toEqual(expected);
  });

  it("prefers the build argument to the default, also for the global one", () => {
    const lines = ["ARG base=scratch", "FROM $base", "ARG base", "ARG v=1", "ENV x=$base-$v"];
    const buildArgs = new Map([["v", "2"]]);
    expect(env(planOf(lines, { buildArgs }).target)).toEqual(["x=scratch-2"]);
  });

  it("gives a stage the ARGs of the stage it stands on", () => {
    const lines = ["FROM scratch AS a", "ARG v=1", "FROM a", "ENV x=$v"];
    expect(env(planOf(lines).target)).toEqual(["x=1"]);
  });

  it("expands the escape character that the file names", () => {
    expect(env(planOf(["# escape=`", "FROM scratch", "ENV a=`$b c=\\d"]).target)).toEqual(["a=$b", "c=\\d"]);
  });

  it("names build arguments that nothing declares", () => {
    const buildArgs = new Map([
      ["used", "1"],
      ["typo", "1"],
      ["HTTPS_PROXY", "x"],
    ]);
    expect(planOf(["FROM scratch", "ARG used"], { buildArgs }).unusedBuildArgs).toEqual(["typo"]);
  });
});

describe("planBuild: config", () => {
  it("lets ENTRYPOINT clear an inherited CMD, not the stage's own", () => {
    const inherited = planOf(["FROM scratch AS a", 'CMD ["x"]', "FROM a", 'ENTRYPOINT ["e"]']);
    expect(inherited.target.config).toMatchObject({ cmd: undefined, entrypoint: ["e"] });
    const own = planOf(["FROM scratch", 'CMD ["x"]', 'ENTRYPOINT ["e"]']);
    expect(own.target.config).toMatchObject({ cmd: ["x"], entrypoint: ["e"] });
  });

  it.each([
    ["CMD a b", ["/bin/sh", "-c", "a b"]],
    ['CMD ["a", "b"]', ["a", "b"]],
    ['SHELL ["/bin/bash", "-ec"]\nCMD a', ["/bin/bash", "-ec", "a"]],
  ])("runs %s as %j", (lines, cmd) => {
    expect(planOf(["FROM scratch", lines]).target.config.cmd).toEqual(cmd);
  });

  it("collects ports, volumes, labels and signals", () => {
    const { config } = planOf([
      "FROM scratch",
      "EXPOSE 8080-8081 53/UDP",
      "VOLUME /a /b",
      'LABEL k="v w"',
      "STOPSIGNAL SIGQUIT",
      "USER app",
      "MAINTAINER me",
    ]).target;
    expect([...config.exposedPorts].sort()).toEqual(["53/udp", "8080/tcp", "8081/tcp"]);
    expect([...config.volumes]).toEqual(["/a", "/b"]);
    expect([...config.labels]).toEqual([["k", "v w"]]);
    expect(config).toMatchObject({ stopSignal: "SIGQUIT", user: "app" });
  });

  it("puts --label over LABEL", () => {
    const labels = new Map([["k", "option"]]);
    expect([...planOf(["FROM scratch", "LABEL k=file"], { labels }).target.config.labels]).toEqual([
      ["k", "option"],
    ]);
  });

  it("keeps an absolute WORKDIR as written and joins a relative one", () => {
    const { config, steps } = planOf(["FROM scratch", "WORKDIR /x//y/..", "WORKDIR z"]).target;
    expect(config.workingDir).toBe("/x/z");
    expect(steps.map((step) => step.kind === "workdir" && step.path)).toEqual(["/x//y/..", "/x/z"]);
  });

  it("gives what is wrong with a trigger's value the place of the FROM that runs it", () => {
    const lines = ["FROM scratch AS a", "ENV x=1", "ONBUILD EXPOSE $y/tcp", "FROM a"];
    expect(refusalOf(() => planOf(lines)).told).toEqual(["4 DOCKERFILE_INVALID_PORT"]);
  });

  it("reads the ONBUILD triggers of a stage only where the target runs them", () => {
    const lines = ["FROM scratch AS a", "ONBUILD STOPSIGNAL none", "FROM a AS b", "FROM scratch", "ENV x=1"];
    expect(env(planOf(lines).target)).toEqual(["x=1"]);
    expect(refusalOf(() => planOf(lines.slice(0, 3))).told).toEqual(["3 DOCKERFILE_INVALID_SIGNAL"]);
  });

  it("reads an ONBUILD trigger with a backslash as escape, and expands it with that of the file", () => {
    const lines = ["# escape=`", "FROM scratch AS a", "ONBUILD ENV a=b\\ c=`$d", "FROM a"];
    expect(env(planOf(lines).target)).toEqual(["a=b\\ c=$d"]);
  });

  it("runs the ONBUILD triggers of a stage in the stage that stands on it, and drops them", () => {
    const { target } = planOf(["FROM scratch AS a", "ONBUILD ENV x=1", "FROM a", "ENV y=$x"]);
    expect(env(target)).toEqual(["x=1", "y=1"]);
    expect(target.config.onBuild).toEqual([]);
  });

  it("writes histories as BuildKit does", () => {
    const { history } = planOf([
      "FROM scratch",
      "ARG v=1",
      "ENV a=b c=d",
      "WORKDIR /w",
      "COPY --chown=1:2 a b ./",
      'CMD ["x", "y z"]',
      "EXPOSE 80",
      "HEALTHCHECK --interval=90s CMD true",
      "ONBUILD ENV a=b",
    ]).target;
    expect(history.map(({ createdBy }) => createdBy)).toEqual([
      "ARG v=1",
      "ENV a=b c=d",
      "WORKDIR /w",
      "COPY --chown=1:2 a b ./ # buildkit",
      'CMD ["x" "y z"]',
      "EXPOSE [80/tcp]",
      "HEALTHCHECK {Test:[CMD-SHELL true] Interval:1m30s Timeout:0s StartPeriod:0s StartInterval:0s Retries:0}",
    ]);
  });
});

describe("planBuild: large files", () => {
  const many = (line: (index: number) => string): string[] =>
    Array.from({ length: 20_000 }, (_, i) => line(i));

  it.each([
    ["ENV", (index: number) => `ENV a${index}=1`],
    ["ARG", (index: number) => `ARG a${index}=1`],
    ["LABEL", (index: number) => `LABEL a${index}=1`],
    ["VOLUME", (index: number) => `VOLUME /a${index}`],
    ["ONBUILD", (index: number) => `ONBUILD ENV a${index}=1`],
  ])("plans 20,000 instructions of %s without copying what came before", (_, line) => {
    expect(planOf(["FROM scratch", ...many(line)]).stages).toHaveLength(1);
  });

  it("leaves the config of the stage below alone", () => {
    const lines = [
      "FROM scratch AS a",
      "ENV a=1",
      "LABEL l=1",
      "FROM a",
      "ENV b=2",
      "LABEL l=2",
      "VOLUME /v",
    ];
    const [below] = planOf(lines).stages;
    expect(below && env(below)).toEqual(["a=1"]);
    expect(below?.config).toMatchObject({ labels: new Map([["l", "1"]]), volumes: new Set() });
  });
});

describe("planBuild: steps", () => {
  it("numbers the steps of each stage", () => {
    const { stages } = planOf([
      "FROM scratch AS a",
      "COPY x /",
      "FROM scratch",
      "WORKDIR /w",
      "COPY --from=a /x $v",
    ]);
    expect(stages.flatMap(({ steps }) => steps.map(({ name }) => name))).toEqual(
      ["[a 1/1] COPY x /", "[stage-1 1/2] WORKDIR /w", "[stage-1 2/2] COPY --from=a /x"].map((name) =>
        expect.stringContaining(name),
      ),
    );
  });

  it.each([
    [".", "/w/"],
    ["./", "/w/"],
    ["a", "/w/a"],
    ["a/", "/w/a/"],
    ["/a/..", "/"],
    ["/a/.", "/a/"],
    ["../../x", "/x"],
  ])("takes the destination %s in /w as %s", (destination, expected) => {
    const [, step] = planOf(["FROM scratch", "WORKDIR /w", `COPY x ${destination}`]).target.steps;
    expect(step).toMatchObject({ destination: expected });
  });

  it("leaves out stages that the target does not need", () => {
    const lines = ["FROM scratch AS a", "FROM scratch AS b", "FROM scratch AS c", "COPY --from=a x y"];
    expect(planOf(lines).stages.map(({ index }) => index)).toEqual([0, 2]);
    expect(planOf(lines, { target: "B" }).stages.map(({ index }) => index)).toEqual([1]);
  });

  it("does not mind what an unused stage needs", () => {
    expect(planOf(["FROM debian AS unused", "RUN x", "FROM scratch"]).stages).toHaveLength(1);
  });
});

describe("planBuild: what a step is told by", () => {
  const stepOf = (lines: readonly string[], buildArgs: Readonly<Record<string, string>> = {}) =>
    planOf(lines, { buildArgs: new Map(Object.entries(buildArgs)) }).target.steps[0];

  it("has the instruction as it is written, and its variables with their values", () => {
    const step = stepOf([
      "FROM scratch",
      "ENV dir=/d",
      "ARG v=1",
      "ARG u",
      "COPY --chown=$u a$v $dir/${w:-x}/",
    ]);
    expect(step?.text).toBe("COPY --chown=$u a$v $dir/${w:-x}/");
    expect(step?.variables).toEqual([
      { scope: "ARG", name: "v", value: "1" },
      { scope: "ENV", name: "dir", value: "/d" },
      { scope: "ARG", name: "w", value: undefined },
      { scope: "ARG", name: "u", value: undefined },
    ]);
  });

  it("counts the variables of a here-document's body", () => {
    const step = stepOf(["FROM scratch", "ARG v=1", "COPY <<EOF /f", "is $v", "EOF"]);
    expect(step?.variables).toEqual([{ scope: "ARG", name: "v", value: "1" }]);
  });

  // Differs: BuildKit shows the values of all variables; here a name that looks like a secret's stays as it is written.
  it("shows the values of variables, but a name that looks like a secret's stays as it is written", () => {
    const step = stepOf(["FROM scratch", "ARG V", "ARG NPM_TOKEN", "COPY a /$V/${NPM_TOKEN}/"], {
      V: "1",
      NPM_TOKEN: "hunter2",
    });
    expect(step?.name).toBe("[1/1] COPY a /1/$NPM_TOKEN/");
  });
});

describe("planBuild: errors", () => {
  it.each([
    [
      "devices of the host",
      ["FROM scratch", "RUN --device=a x", "RUN --device=b --device=c x"],
      "BUILD_UNSUPPORTED",
      ["2 RUN_DEVICE_UNSUPPORTED", "3 RUN_DEVICE_UNSUPPORTED", "3 RUN_DEVICE_UNSUPPORTED"],
    ],
    [
      "a platform that is none",
      ["FROM --platform=linux/amd64/x/y debian"],
      "BUILD_DOCKERFILE_INVALID",
      ["1 DOCKERFILE_INVALID_PLATFORM"],
    ],
    [
      "a platform that is none of a stage without an image that nobody needs",
      ["ARG p=foo", "FROM --platform=$p scratch", "FROM scratch"],
      "BUILD_DOCKERFILE_INVALID",
      ["2 DOCKERFILE_INVALID_PLATFORM"],
    ],
    [
      "an empty platform of a stage on a stage",
      ["FROM scratch AS a", "FROM --platform=$p a"],
      "BUILD_DOCKERFILE_INVALID",
      ["2 DOCKERFILE_EMPTY_WORD"],
    ],
    [
      "a stage that stands later",
      ["FROM scratch", "COPY --from=b x y", "FROM scratch AS b", "COPY --from=0 x y"],
      "BUILD_DOCKERFILE_INVALID",
      ["2 DOCKERFILE_STAGE_ORDER"],
    ],
    [
      "itself",
      ["FROM scratch AS a", "COPY --from=a x y"],
      "BUILD_DOCKERFILE_INVALID",
      ["2 DOCKERFILE_STAGE_ORDER"],
    ],
    [
      "a stage index out of range",
      ["FROM scratch", "COPY --from=7 x y"],
      "BUILD_DOCKERFILE_INVALID",
      ["2 DOCKERFILE_UNKNOWN_STAGE"],
    ],
    [
      "a variable in --from",
      ["FROM scratch", "COPY --from=$a x y"],
      "BUILD_DOCKERFILE_INVALID",
      ["2 DOCKERFILE_VARIABLE_NOT_ALLOWED"],
    ],
    ["an empty base", ["ARG x", "FROM $x"], "BUILD_DOCKERFILE_INVALID", ["2 DOCKERFILE_EMPTY_WORD"]],
    [
      "a required variable",
      ["FROM scratch", "ENV a=${b:?missing}"],
      "BUILD_DOCKERFILE_INVALID",
      ["2 DOCKERFILE_VARIABLE_REQUIRED"],
    ],
    [
      "a wrong signal",
      ["FROM scratch", "STOPSIGNAL $x"],
      "BUILD_DOCKERFILE_INVALID",
      ["2 DOCKERFILE_INVALID_SIGNAL"],
    ],
    [
      "ADD of a URL",
      ["FROM scratch", "ADD https://example.com/x /"],
      "BUILD_DOCKERFILE_INVALID",
      ["2 ADD_SOURCE_UNSUPPORTED"],
    ],
    [
      "a checksum of a file in the context",
      ["FROM scratch", "ADD --checksum=sha256:00 x /"],
      "BUILD_DOCKERFILE_INVALID",
      ["2 DOCKERFILE_CHECKSUM_LOCAL"],
    ],
    [
      "a destination that no file system can hold",
      ["FROM scratch", `COPY x ${"/a".repeat(2048)}`],
      "BUILD_DOCKERFILE_INVALID",
      ["2 DOCKERFILE_PATH_TOO_LONG"],
    ],
    [
      "a name that no file system can hold",
      ["FROM scratch", `COPY x /${"ä".repeat(128)}`],
      "BUILD_DOCKERFILE_INVALID",
      ["2 DOCKERFILE_PATH_TOO_LONG"],
    ],
    [
      "a source too long to exist",
      ["FROM scratch", `COPY ${"a/".repeat(3000)}x /`],
      "BUILD_DOCKERFILE_INVALID",
      ["2 DOCKERFILE_PATH_TOO_LONG"],
    ],
    [
      "WORKDIRs that grow too long",
      ["FROM scratch", ...Array.from({ length: 30 }, () => `WORKDIR ${"b".repeat(200)}`)],
      "BUILD_DOCKERFILE_INVALID",
      ["22 DOCKERFILE_PATH_TOO_LONG"],
    ],
  ])("refuses %s", (_, lines, code, told) => {
    expect(refusalOf(() => planOf(lines))).toMatchObject({ code, told });
  });

  it("suggests the nearest stage for a target", () => {
    expect(() => planOf(["FROM scratch AS build"], { target: "biuld" })).toThrowError(
      expect.objectContaining({ code: "BUILD_TARGET_MISSING", hint: "Did you mean build?" }),
    );
  });
});
