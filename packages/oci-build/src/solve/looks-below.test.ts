import { describe, expect, it } from "vitest";
import type { CopyStep, WorkdirStep } from "../plan/step.js";
import { looksBelow } from "./looks-below.js";

function copy(base: CopyStep["base"], chown?: string): CopyStep {
  return { kind: "copy", base, chown } as CopyStep;
}

describe("looksBelow", () => {
  it.each<[string, CopyStep | WorkdirStep, boolean]>([
    ["WORKDIR", { kind: "workdir" } as WorkdirStep, true],
    ["COPY", copy("parent"), true],
    ["COPY --link", copy("none"), false],
    ["COPY --link --chown=1", copy("none", "1"), false],
    ["COPY --link --chown=1:", copy("none", "1:"), false],
    ["COPY --link --chown=1:2", copy("none", "1:2"), false],
    ["COPY --link --chown=root:root", copy("none", "root:root"), false],
    ["COPY --link --chown=app", copy("none", "app"), true],
    ["COPY --link --chown=1:app", copy("none", "1:app"), true],
    ["COPY --link --chown=:1", copy("none", ":1"), true],
    ["COPY --link --chown=2147483648, which is a name", copy("none", "2147483648"), true],
  ])("for %s", (_, step, expected) => {
    expect(looksBelow(step)).toBe(expected);
  });
});
