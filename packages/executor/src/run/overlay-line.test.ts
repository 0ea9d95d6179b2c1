import { isOciBuildError } from "@oci-build/oci";
import { describe, expect, it } from "vitest";
import { overlayLine } from "./overlay-line.js";

const facts = { xattrs: "trusted", volatile: "taken" } as const;
const upper = { upper: "../r1/upper", work: "../r1/work" };

describe("overlayLine", () => {
  it("names the layers from the top, then where writes go", () => {
    const { options } = overlayLine({ target: "/t", lowers: ["1", "0"], upper, facts, flags: ["nodev"] });
    expect(options.slice(0, 4)).toEqual([
      "nodev",
      "lowerdir=1:0",
      "upperdir=../r1/upper",
      "workdir=../r1/work",
    ]);
    expect(options).toContain("volatile");
  });

  it("is no volatile one where nothing can be written", () => {
    const { options } = overlayLine({ target: "/t", lowers: ["1", "0"], facts, flags: [] });
    expect(options).not.toContain("volatile");
  });

  it("holds 500 layers, the most that the kernel stacks", () => {
    const lowers = Array.from({ length: 500 }, (_, index) => index.toString(36));
    const { options } = overlayLine({ target: "/t", lowers, upper, facts, flags: ["nodev"] });
    expect(options.join(",").length).toBeLessThan(4096);
  });

  it("refuses more than a page of options", () => {
    const lowers = Array.from({ length: 2000 }, (_, index) => index.toString(36));
    expect(() => overlayLine({ target: "/t", lowers, upper, facts, flags: [] })).toThrow(
      expect.toSatisfy((error: unknown) => isOciBuildError(error, "EXECUTOR_START_FAILED")),
    );
  });
});
