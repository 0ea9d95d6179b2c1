import type { ContainerConfig } from "@oci-build/oci";
import { describe, expect, it } from "vitest";
import { mergeConfigs } from "./merge-config.js";

interface Case {
  readonly name: string;
  readonly image: ContainerConfig;
  readonly oldBase: ContainerConfig;
  readonly newBase: ContainerConfig;
  readonly merged: ContainerConfig;
}

const cases: readonly Case[] = [
  {
    name: "takes what was inherited from the new base",
    image: { User: "app", WorkingDir: "/srv", StopSignal: "SIGINT" },
    oldBase: { User: "app", WorkingDir: "/srv", StopSignal: "SIGINT" },
    newBase: { User: "web", WorkingDir: "/var" },
    merged: { User: "web", WorkingDir: "/var" },
  },
  {
    name: "keeps what the image set",
    image: { User: "me", WorkingDir: "/app", Shell: ["/bin/ash"] },
    oldBase: { User: "app" },
    newBase: { User: "web", Shell: ["/bin/bash"] },
    merged: { User: "me", WorkingDir: "/app", Shell: ["/bin/ash"] },
  },
  {
    name: "merges variables by name, in the new base's order, the image's own last",
    image: { Env: ["PATH=/app:/bin", "VERSION=1", "OWN=x"] },
    oldBase: { Env: ["PATH=/bin", "VERSION=1"] },
    newBase: { Env: ["VERSION=2", "PATH=/usr/bin", "NEW=y"] },
    merged: { Env: ["VERSION=2", "PATH=/app:/bin", "NEW=y", "OWN=x"] },
  },
  {
    name: "drops a variable that the new base does not have any more",
    image: { Env: ["A=1", "B=2"] },
    oldBase: { Env: ["A=1"] },
    newBase: { Env: ["C=3"] },
    merged: { Env: ["C=3", "B=2"] },
  },
  {
    name: "merges labels, ports and volumes by name",
    image: {
      Labels: { a: "1", b: "own" },
      ExposedPorts: { "80/tcp": {}, "81/tcp": {} },
      Volumes: { "/v": {} },
    },
    oldBase: { Labels: { a: "1", b: "old" }, ExposedPorts: { "80/tcp": {} } },
    newBase: { Labels: { a: "2", b: "new" }, ExposedPorts: { "90/tcp": {} }, Volumes: { "/w": {} } },
    merged: {
      Labels: { a: "2", b: "own" },
      ExposedPorts: { "90/tcp": {}, "81/tcp": {} },
      Volumes: { "/w": {}, "/v": {} },
    },
  },
  {
    name: "keeps an empty variable, label or port of the image's own",
    image: { Env: ["A="], Labels: { a: "" }, ExposedPorts: { "80/tcp": {} } },
    oldBase: {},
    newBase: { Env: ["A=1"], Labels: { a: "1" } },
    merged: { Env: ["A="], Labels: { a: "" }, ExposedPorts: { "80/tcp": {} } },
  },
  {
    name: "takes the new base's command where the image has the old one's",
    image: { Entrypoint: ["e"], Cmd: ["c"] },
    oldBase: { Entrypoint: ["e"], Cmd: ["c"] },
    newBase: { Entrypoint: ["f"], Cmd: ["d"] },
    merged: { Entrypoint: ["f"], Cmd: ["d"] },
  },
  {
    name: "gives an image with an entrypoint of its own no command of its base",
    image: { Entrypoint: ["own"] },
    oldBase: {},
    newBase: { Cmd: ["sh"] },
    merged: { Entrypoint: ["own"] },
  },
  {
    name: "keeps the command of an image that inherits its entrypoint",
    image: { Entrypoint: ["e"], Cmd: ["own"], ArgsEscaped: true },
    oldBase: { Entrypoint: ["e"], Cmd: ["c"] },
    newBase: { Entrypoint: ["f"] },
    merged: { Entrypoint: ["f"], Cmd: ["own"], ArgsEscaped: true },
  },
  {
    name: "inherits no triggers",
    image: { OnBuild: ["RUN own"] },
    oldBase: {},
    newBase: { OnBuild: ["RUN base"] },
    merged: { OnBuild: ["RUN own"] },
  },
  {
    name: "inherits no triggers where it has none",
    image: { User: "a" },
    oldBase: {},
    newBase: { OnBuild: ["RUN base"] },
    merged: { User: "a" },
  },
  {
    name: "keeps triggers that are those of its old base, since they are its own",
    image: { OnBuild: ["RUN same"] },
    oldBase: { OnBuild: ["RUN same"] },
    newBase: {},
    merged: { OnBuild: ["RUN same"] },
  },
  {
    name: "takes an absent value and an empty one for the same",
    image: { User: "", Cmd: [] },
    oldBase: {},
    newBase: { User: "web", Cmd: ["sh"] },
    merged: { User: "web", Cmd: ["sh"] },
  },
  {
    name: "takes no order of members for a difference",
    image: { Healthcheck: { Test: ["NONE"], Retries: 1 } },
    oldBase: { Healthcheck: { Retries: 1, Test: ["NONE"] } },
    newBase: { Healthcheck: { Test: ["CMD", "x"] } },
    merged: { Healthcheck: { Test: ["CMD", "x"] } },
  },
];

describe("mergeConfigs", () => {
  it.each(cases)("$name", ({ merged, ...configs }) => {
    expect(mergeConfigs(configs)).toEqual(merged);
  });

  it("treats names that objects inherit like any other", () => {
    const image = { Env: ["__proto__=1", "constructor=2"], Labels: JSON.parse('{"__proto__":"x"}') };
    const { Env, Labels } = mergeConfigs({ image, oldBase: {}, newBase: {} });
    expect(Env).toEqual(["__proto__=1", "constructor=2"]);
    expect(Object.entries(Labels ?? {})).toEqual([["__proto__", "x"]]);
  });
});
