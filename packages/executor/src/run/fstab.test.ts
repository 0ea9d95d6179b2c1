import { describe, expect, it } from "vitest";
import { formatFstab } from "./fstab.js";

describe("formatFstab", () => {
  it("writes a line for each mount, in their order", () => {
    const lines = [
      { type: "proc", source: "proc", target: "/r/proc", options: ["nosuid", "nodev"] },
      { type: "bind", source: "/a", target: "/r/a", options: ["bind", "ro"] },
    ] as const;
    expect(formatFstab(lines)).toBe("proc /r/proc proc nosuid,nodev 0 0\n/a /r/a none bind,ro 0 0\n");
  });

  it("escapes what would end a field, begin a comment or be an escape", () => {
    const line = { type: "bind", source: "#a b\tc\nd\\e", target: "/t", options: ["bind"] } as const;
    expect(formatFstab([line])).toBe("\\043a\\040b\\011c\\012d\\134e /t none bind 0 0\n");
  });
});
