import { type ImageConfig, parseDiffId } from "@oci-build/oci";
import { describe, expect, it } from "vitest";
import { diffConfigs } from "./diff-config.js";

function image(config: ImageConfig["config"], members: Partial<ImageConfig> = {}): ImageConfig {
  const rootfs = { type: "layers", diff_ids: [parseDiffId(`sha256:${"0".repeat(64)}`)] } as const;
  return { architecture: "amd64", os: "linux", rootfs, config, ...members };
}

const lines = (before: ImageConfig, after: ImageConfig): readonly string[] =>
  diffConfigs(before, after).map((change) => `${change.name}: ${change.before} → ${change.after}`);

describe("diffConfigs", () => {
  it("compares variables, labels, ports and volumes by name", () => {
    const before = image({ Env: ["A=1", "B=2"], Labels: { x: "1" }, ExposedPorts: { "80/tcp": {} } });
    const after = image({ Env: ["B=3", "A=1"], Labels: { x: "1", y: "2" }, Volumes: { "/v": {} } });
    expect(lines(before, after)).toEqual([
      "Env B: 2 → 3",
      "ExposedPorts 80/tcp:  → undefined",
      "Labels y: undefined → 2",
      "Volumes /v: undefined → ",
    ]);
  });

  it("tells lists and objects as JSON", () => {
    const before = image({ Cmd: ["a"], Healthcheck: { Test: ["NONE"] } });
    expect(lines(before, image({ Cmd: ["a", "b"] }))).toEqual([
      'Cmd: ["a"] → ["a","b"]',
      'Healthcheck: {"Test":["NONE"]} → undefined',
    ]);
  });

  it("compares platforms and what it does not know", () => {
    const after = image({}, { architecture: "arm64", variant: "v8" });
    expect(lines(image({ ...JSON.parse('{"New":1}') }), after)).toEqual([
      "New: 1 → undefined",
      "architecture: amd64 → arm64",
      "variant: undefined → v8",
    ]);
  });

  it("leaves out times and history, and takes empty values for none", () => {
    const before = image({ User: "", Cmd: [] }, { created: "2024-01-01T00:00:00Z", history: [] });
    expect(lines(before, image({}, { created: "2025-01-01T00:00:00Z" }))).toEqual([]);
  });
});
