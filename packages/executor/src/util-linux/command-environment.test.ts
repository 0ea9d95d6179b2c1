import { isOciBuildError } from "@oci-build/oci";
import { fileTreeOf } from "@oci-build/snapshot";
import { describe, expect, it } from "vitest";
import { treeEntries } from "../../../snapshot/src/testing/tree-lines.js";
import { commandStart } from "./command-environment.js";

const withEnv = fileTreeOf(
  treeEntries(
    "dir bin 0755",
    "link bin/env -> busybox",
    "file bin/busybox 0755 'x'",
    "link bin/sh -> busybox",
  ),
);
const withShell = fileTreeOf(treeEntries("dir bin 0755", "file bin/sh 0755 'x'"));
const empty = fileTreeOf([]);
const guarded = new Map([
  ["PATH", "/bin"],
  ["LD_PRELOAD", "/x.so"],
  ["a.b", "1"],
]);

describe("commandStart", () => {
  it("gives the environment to the programs on the way when all of it is harmless", () => {
    const env = new Map([["PATH", "/bin"]]);
    expect(commandStart({ args: ["true"], env, tree: empty })).toEqual({ args: ["true"], env });
  });

  it("lets the image's env set the rest", () => {
    const start = commandStart({ args: ["prog", "arg"], env: guarded, tree: withEnv });
    expect([...start.env]).toEqual([["PATH", "/bin"]]);
    expect(start.args).toEqual(["/bin/env", "LD_PRELOAD=/x.so", "a.b=1", "prog", "arg"]);
  });

  it("lets the image's shell do it where there is no env, and reads no value as its text", () => {
    const env = new Map([["LD_PRELOAD", "$(x) 'y'"]]);
    const start = commandStart({ args: ["prog", "arg"], env, tree: withShell });
    expect(start.args).toEqual([
      "/bin/sh",
      "-c",
      'LD_PRELOAD=$1 && export LD_PRELOAD && shift && exec "$@"',
      "/bin/sh",
      "$(x) 'y'",
      "prog",
      "arg",
    ]);
  });

  it("lets no program be taken for a variable", () => {
    const env = new Map([["LD_PRELOAD", "x"]]);
    expect(commandStart({ args: ["a=b"], env, tree: withEnv }).args[0]).toBe("/bin/sh");
  });

  it.each([
    ["the image has no program for it", guarded, empty],
    ["only a shell, and no shell can set the name", guarded, withShell],
    ["only a shell, which has the name for itself", new Map([["UID", "5"]]), withShell],
  ])("refuses when %s", (_, env, tree) => {
    expect(() => commandStart({ args: ["prog"], env, tree })).toThrow(
      expect.toSatisfy((error: unknown) => isOciBuildError(error, "EXECUTOR_ENV_UNSETTABLE")),
    );
  });
});
