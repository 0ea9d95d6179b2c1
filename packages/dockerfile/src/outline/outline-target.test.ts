import { describe, expect, it } from "vitest";
import { parseDockerfile } from "../parse-dockerfile.js";
import { listTargets } from "./list-targets.js";
import { type OutlineOptions, outlineTarget } from "./outline-target.js";

const lines = [
  "# GO_VERSION sets the version of Go",
  "ARG GO_VERSION=1.22",
  "ARG UNUSED=1",
  "FROM golang:${GO_VERSION} AS base",
  "",
  "# build compiles the program",
  "FROM base AS build",
  "# MODE is debug or release",
  "ARG MODE=release",
  "ARG FLAGS=-${MODE} GO_VERSION",
  "RUN --mount=type=secret,id=token,required --mount=type=cache,target=/cache make",
  "RUN --mount=type=secret,id=token --mount=type=ssh make",
  "",
  "FROM scratch",
  "COPY --from=build /app /",
];

function stages(...text: readonly string[]) {
  return parseDockerfile(`${text.join("\n")}\n`).stages;
}

function outline(index: number, options?: OutlineOptions): string[] {
  const { args, secrets, ssh, caches } = outlineTarget(stages(...lines), index, options);
  return [
    ...args.map(({ name, value, description }) => `arg ${name}=${value} ${description ?? ""}`.trim()),
    ...secrets.map(({ id, required }) => `secret ${id}${required ? " required" : ""}`),
    ...ssh.map(({ id }) => `ssh ${id}`),
    ...caches.map(({ id }) => `cache ${id}`),
  ];
}

describe("outlineTarget", () => {
  it("names what a target and the stages that it needs take from outside", () => {
    const all = [
      "arg MODE=release is debug or release",
      "arg FLAGS=-release",
      "arg GO_VERSION=1.22 sets the version of Go",
      "secret token required",
      "ssh default",
      "cache /cache",
    ];
    expect(outline(1)).toEqual(all);
    expect(outline(2)).toEqual(all);
  });

  it("leaves out what the target does not need", () => {
    expect(outline(0)).toEqual(["arg GO_VERSION=1.22 sets the version of Go"]);
  });

  it("shows the values that are given", () => {
    const buildArgs = new Map([
      ["GO_VERSION", "1.23"],
      ["MODE", "debug"],
    ]);
    expect(outline(1, { buildArgs })).toEqual(
      expect.arrayContaining([
        "arg MODE=debug is debug or release",
        "arg FLAGS=-debug",
        expect.stringMatching(/^arg GO_VERSION=1\.23/),
      ]),
    );
  });

  it("gives an empty outline for a stage that is not there", () => {
    expect(outline(9)).toEqual([]);
  });
});

describe("listTargets", () => {
  it("lists named stages and the last, with descriptions", () => {
    const targets = listTargets(stages(...lines)).map(({ span, ...target }) => ({
      ...target,
      line: span.start.line,
    }));
    expect(targets).toEqual([
      {
        name: "base",
        description: undefined,
        base: "golang:${GO_VERSION}",
        platform: undefined,
        isDefault: false,
        line: 4,
      },
      {
        name: "build",
        description: "compiles the program",
        base: "base",
        platform: undefined,
        isDefault: false,
        line: 7,
      },
      {
        name: undefined,
        description: undefined,
        base: "scratch",
        platform: undefined,
        isDefault: true,
        line: 14,
      },
    ]);
  });

  it("names what the ONBUILD triggers of a base take, once", () => {
    const dockerfile = stages(
      "ARG G=1",
      "FROM scratch AS p",
      "ONBUILD ARG G T=2",
      "ONBUILD RUN --mount=type=secret,id=s x",
      "FROM p AS a",
      "FROM p",
      "COPY --from=a x y",
    );
    const { args, secrets } = outlineTarget(dockerfile, 2);
    expect(args.map(({ name, value }) => `${name}=${value}`)).toEqual(["G=1", "T=2"]);
    expect(secrets.map(({ id }) => id)).toEqual(["s"]);
    expect(outlineTarget(dockerfile, 0).args).toEqual([]);
  });
});
