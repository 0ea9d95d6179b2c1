import { isOciBuildError } from "@oci-build/oci";
import { fileTreeOf } from "@oci-build/snapshot";
import { describe, expect, it } from "vitest";
import { treeEntries } from "../../../snapshot/src/testing/tree-lines.js";
import { checkProgram } from "./check-program.js";

const tree = fileTreeOf(
  treeEntries(
    "dir bin 0755",
    "file bin/tool 0755 'x'",
    "file bin/plain 0644 'x'",
    "link bin/alias -> /bin/tool",
    "dir srv 0755",
    "file srv/run 0755 'x'",
  ),
);
const env = new Map([["PATH", "/sbin:/bin"]]);

describe("checkProgram", () => {
  it.each(["tool", "alias", "/bin/tool", "./run", "../bin/tool"])("finds %s", (program) => {
    expect(() => checkProgram(program, { env, cwd: "/srv" }, tree)).not.toThrow();
  });

  it.each(["none", "run", "/bin/none", "/bin", ""])("tells that there is no %j", (program) => {
    expect(() => checkProgram(program, { env, cwd: "/srv" }, tree)).toThrow(
      expect.toSatisfy((error: unknown) => isOciBuildError(error, "EXECUTOR_PROGRAM_MISSING")),
    );
  });

  it.each(["plain", "/bin/plain"])("tells of %j that it is there, but not executable", (program) => {
    expect(() => checkProgram(program, { env, cwd: "/srv" }, tree)).toThrow(
      `cannot run "${program}": /bin/plain is not executable, its mode is 0644`,
    );
  });

  it("takes an empty folder of PATH for the working folder", () => {
    expect(() => checkProgram("run", { env: new Map([["PATH", "/bin:"]]), cwd: "/srv" }, tree)).not.toThrow();
  });

  it("leaves it to the C library when there is no PATH", () => {
    expect(() => checkProgram("none", { env: new Map(), cwd: "/" }, tree)).not.toThrow();
  });
});
