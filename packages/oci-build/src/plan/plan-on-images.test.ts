import { digestOf, type ImageConfig, type Platform } from "@oci-build/oci";
import { describe, expect, it } from "vitest";
import { amd64, planInput, refusalOf } from "../../test/support/plan-lines.js";
import type { BaseImage } from "../base/base-image.js";
import { imageKey } from "../base/image-resolver.js";
import { namedContexts } from "../base/named-context.js";
import { imagesNeeded, planBuild } from "./plan-build.js";
import type { PlanInput } from "./plan-input.js";
import type { BuildPlan } from "./step.js";

type Config = NonNullable<ImageConfig["config"]>;

function image(name: string, config: Config, platform: Platform = amd64): BaseImage {
  const rootfs = { type: "layers", diff_ids: [] } as const;
  return {
    reference: name,
    digest: digestOf(name),
    documents: [],
    config: { ...platform, config, rootfs, author: `author of ${name}` },
    platform,
    layers: [],
    blobs: { read: () => expect.unreachable() },
    distance: "near",
  };
}

/** Asks for images until there are none, as a build does, and gives what was asked for each time. */
function planned(
  lines: readonly string[],
  images: Readonly<Record<string, Config>>,
  options: Partial<PlanInput> = {},
): { readonly plan: BuildPlan; readonly asked: readonly (readonly string[])[] } {
  const known = new Map<string, BaseImage>();
  const asked: string[][] = [];
  const given = planInput(lines, { platformChoice: "implicit", ...options, images: known });
  for (;;) {
    const needed = imagesNeeded(given, "Dockerfile");
    if (needed.length === 0) return { plan: planBuild(given, "Dockerfile"), asked };
    asked.push(needed.map(({ name, platform }) => imageKey(name, platform)));
    for (const { name, platform } of needed)
      known.set(imageKey(name, platform), image(name, images[name] ?? {}, platform));
  }
}

describe("imagesNeeded", () => {
  it.each<[string, string[], Record<string, Config>, string[][]]>([
    ["nothing for scratch and stages", ["FROM scratch AS a", "FROM a", "COPY --from=scratch x /"], {}, []],
    [
      "each image once",
      ["FROM a AS x", "FROM a", "COPY --from=a /f /", "COPY --from=x /f /"],
      {},
      [["a linux/amd64"]],
    ],
    [
      "an image once for each platform",
      ["FROM --platform=linux/arm64 a AS x", "FROM a", "COPY --from=x f /"],
      {},
      [["a linux/arm64", "a linux/amd64"]],
    ],
    [
      "nothing of stages that are not needed",
      ["FROM a AS x", "FROM b", "COPY --from=c /f /"],
      {},
      [["b linux/amd64", "c linux/amd64"]],
    ],
    [
      "what a name in capitals is, though a stage is named so",
      ["FROM scratch AS base", "FROM Base"],
      {},
      [["Base linux/amd64"]],
    ],
    [
      "what mounts name, which find no stage by its index",
      ["FROM scratch AS first", "FROM scratch", "RUN --mount=from=0,target=/m --mount=from=b$,target=/n x"],
      {},
      [["0 linux/amd64", "b$ linux/amd64"]],
    ],
    ["what a variable comes to", ["ARG V=12", "FROM debian:$V"], {}, [["debian:12 linux/amd64"]]],
    [
      "then what the triggers of an image name",
      ["FROM other AS tools", "FROM base"],
      { base: { OnBuild: ["COPY --from=tools /t /t", "COPY --from=more /m /m"] } },
      [["base linux/amd64"], ["other linux/amd64", "more linux/amd64"]],
    ],
  ])("asks for %s", (_, lines, images, expected) => {
    expect(planned(lines, images).asked).toEqual(expected);
  });

  it("asks for none that a context stands for as a folder", () => {
    const contexts = namedContexts({ app: ".", "docker.io/library/alpine": "docker-image://scratch" });
    expect(planned(["FROM alpine", "COPY --from=app a /"], {}, { contexts }).asked).toEqual([]);
  });

  it.each([
    ["FROM biuld", "build"],
    ["FROM Build", "build"],
    ["FROM scratch\nCOPY --from=buil /x /", "build"],
    ["FROM scratch\nRUN --mount=from=0,target=/m x", "build"],
    ["FROM debian", undefined],
  ])("knows which stage %j may have meant", (line, near) => {
    const needed = imagesNeeded(planInput(["FROM scratch AS build", ...line.split("\n")]), "Dockerfile");
    expect(needed.map((image) => image.near)).toEqual([near]);
  });

  it("refuses what cannot be built before it asks for an image", () => {
    expect(() => imagesNeeded(planInput(["FROM base", "RUN --device=d x"]), "Dockerfile")).toThrow(
      "--device",
    );
  });
});

describe("planBuild: on an image", () => {
  it("takes over its config, its author and its variables", () => {
    const base = {
      Env: ["PATH=/p", "A=1"],
      User: "u",
      WorkingDir: "/w",
      Cmd: ["c"],
      Labels: { l: "1" },
      Shell: ["/s"],
    };
    const { plan } = planned(["FROM base", "ENV B=$A", "WORKDIR sub", "CMD shell form"], { base });
    const { config, author, history } = plan.target;
    expect(config).toMatchObject({
      user: "u",
      workingDir: "/w/sub",
      cmd: ["/s", "shell form"],
      shell: ["/s"],
    });
    expect([...config.env]).toEqual([
      ["PATH", "/p"],
      ["A", "1"],
      ["B", "1"],
    ]);
    expect(author).toBe("author of base");
    expect(history.map(({ createdBy }) => createdBy)).toEqual([
      "ENV B=1",
      "WORKDIR /w/sub",
      'CMD ["/s" "shell form"]',
    ]);
  });

  it("takes CMD away for an ENTRYPOINT of its own, and keeps it otherwise", () => {
    const base = { Cmd: ["c"], Entrypoint: ["e"] };
    expect(planned(["FROM base"], { base }).plan.target.config).toMatchObject({
      cmd: ["c"],
      entrypoint: ["e"],
    });
    expect(planned(["FROM base", 'ENTRYPOINT ["x"]'], { base }).plan.target.config.cmd).toBeUndefined();
  });

  it("gives a PATH where the base has none, but on Windows", () => {
    expect(planned(["FROM base"], { base: { Env: ["A=1"] } }).plan.target.config.env.has("PATH")).toBe(true);
    const targetPlatform = { os: "windows", architecture: "amd64" };
    expect(planned(["FROM base"], {}, { targetPlatform }).plan.target.config.env.has("PATH")).toBe(false);
  });

  it("runs its triggers once, and counts FROM and them as steps", () => {
    const base = { OnBuild: ["COPY a /", "ENV T=$A"], Env: ["A=1"] };
    const { plan } = planned(["FROM base AS one", "COPY b /", "FROM one", "COPY c /"], { base });
    expect(plan.stages.flatMap(({ base: from }) => (from.kind === "image" ? from.from.name : []))).toEqual([
      `[one 1/3] FROM base@${digestOf("base")}`,
    ]);
    expect(plan.stages.flatMap(({ steps }) => steps.map(({ id, name }) => `${id} ${name}`))).toEqual([
      "0.2 [one 2/3] COPY a /",
      "0.3 [one 3/3] COPY b /",
      "1.1 [stage-1 1/1] COPY c /",
    ]);
    expect(plan.target.config.env.get("T")).toBe("1");
    expect(plan.target.config.onBuild).toEqual([]);
  });

  it.each<[string, string, string]>([
    ["a trigger that is no instruction", "NONSENSE x", "1 DOCKERFILE_UNKNOWN_INSTRUCTION"],
    ["a trigger that is two", "ENV a=b\nENV c=d", "1 DOCKERFILE_INVALID_TRIGGER"],
    ["a trigger that begins a stage", "FROM x", "1 DOCKERFILE_INVALID_TRIGGER"],
    ["an empty trigger", "", "1 DOCKERFILE_INVALID_TRIGGER"],
    ["a trigger that runs something with a device", "RUN --device=d x", "1 RUN_DEVICE_UNSUPPORTED"],
    ["a trigger that is not allowed", "RUN --network=host x", "1 RUN_NOT_ALLOWED"],
  ])("refuses %s at the FROM that brings it in", (_, trigger, expected) => {
    const refusal = refusalOf(() => planned(["FROM base"], { base: { OnBuild: [trigger] } }));
    expect(refusal.told).toEqual([expected]);
  });

  it.each<[string, Partial<PlanInput>, string, string]>([
    ["the base's when nobody asks", {}, "FROM --platform=linux/arm64 base", "arm64"],
    [
      "the one that is asked for",
      { platformChoice: "explicit" },
      "FROM --platform=linux/arm64 base",
      "amd64",
    ],
    ["the target's on scratch", {}, "FROM --platform=linux/arm64 scratch", "amd64"],
  ])("is for %s", (_, options, line, architecture) => {
    expect(planned([line], {}, options).plan.target.platform.architecture).toBe(architecture);
  });
});
