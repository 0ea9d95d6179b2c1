import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { runsArchitecture } from "./runs-architecture.js";

const folder = mkdtempSync(path.join(os.tmpdir(), "binfmt-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A rule for programs of 64 bits in little-endian, as Debian's qemu-user-static registers them. */
function rule(name: string, machine: string, more: { state?: string; flags?: string } = {}): void {
  const magic = `7f454c460201010000000000000000000200${machine}`;
  const mask = "ffffffffffffff00fffffffffffffffffeffffff";
  const { state = "enabled", flags = "OCF" } = more;
  const lines = [state, `interpreter /usr/bin/${name}`, `flags: ${flags}`, "offset 0", `magic ${magic}`];
  writeFileSync(path.join(folder, name), [...lines, `mask ${mask}`, ""].join("\n"));
}

rule("qemu-aarch64", "b700");
rule("qemu-riscv64", "f300", { state: "disabled" });
rule("qemu-ppc64le", "1500", { flags: "OC" });
writeFileSync(
  path.join(folder, "python3"),
  "enabled\ninterpreter /usr/bin/python3\nflags: F\nextension .py\n",
);
writeFileSync(path.join(folder, "status"), "enabled\n");

describe("runsArchitecture", () => {
  it.each<[string, string, boolean]>([
    ["x64", "amd64", true],
    ["x64", "386", true],
    ["arm64", "arm", true],
    ["x64", "arm64", true],
    ["x64", "arm", false],
    ["x64", "riscv64", false],
    ["x64", "ppc64le", false],
    ["x64", "s390x", false],
    ["arm64", "amd64", false],
    ["x64", "of-the-future", true],
    ["of-the-future", "amd64", true],
  ])("on %s says of %s: %s", (arch, architecture, runs) => {
    expect(runsArchitecture(architecture, { arch, binfmtFolder: folder })).toBe(runs);
  });

  it("takes no emulator where the kernel has none", () => {
    const binfmtFolder = path.join(folder, "none");
    expect(runsArchitecture("arm64", { arch: "x64", binfmtFolder })).toBe(false);
  });
});
