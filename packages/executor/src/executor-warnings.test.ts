import { describe, expect, it } from "vitest";
import { type ExecutorSurroundings, executorWarnings } from "./executor-warnings.js";
import type { SingleIdReason } from "./space/single-id.js";

const plain: ExecutorSurroundings = {
  idCount: 65_537,
  overlay: { xattrs: "user", volatile: "taken" },
  dir: "/store",
  caller: { user: { id: 1000, name: "ann" }, group: 1000 },
};

describe("executorWarnings", () => {
  it.each([
    ["with all ids of the host", 4_294_967_295],
    ["with the usual range and the caller's id", 65_537],
    ["with a container's range", 65_536],
    ["with the ids up to nobody's", 65_535],
  ])("has nothing to say %s", (_, idCount) => {
    expect(executorWarnings({ ...plain, idCount })).toEqual([]);
  });

  it("tells how many ids there are when images use more", () => {
    expect(executorWarnings({ ...plain, idCount: 65_534 })).toMatchObject([
      { code: "EXECUTOR_FEW_IDS", message: expect.stringContaining("RUN has 65534 user ids") },
    ]);
  });

  it.each<[SingleIdReason, string, string]>([
    [{ kind: "no-program", program: "newgidmap" }, "newgidmap is not installed", "package uidmap on Debian"],
    [
      { kind: "no-range", file: "/etc/subgid" },
      "/etc/subgid has no subordinate ids for user ann",
      "Add the line ann:",
    ],
    [
      { kind: "refused", detail: "newuidmap: Operation not permitted" },
      "the subordinate ids of user ann are refused: newuidmap: Operation not permitted",
      "setuid root",
    ],
    [{ kind: "around" }, "the user namespace around this process has no more", "from 0 to 65535"],
  ])("tells of %j why there is one id, and what to do", (single, message, hint) => {
    const warnings = executorWarnings({ ...plain, idCount: 1, single });
    expect(warnings).toMatchObject([
      {
        code: "EXECUTOR_SINGLE_ID",
        message: expect.stringContaining(`since ${message}: `),
        hint: expect.stringContaining(hint),
      },
    ]);
  });

  it("names a user that has no name by its number", () => {
    const caller = { user: { id: 1234, name: undefined }, group: 1 };
    const single: SingleIdReason = { kind: "no-range", file: "/etc/subuid" };
    const [warning] = executorWarnings({ ...plain, caller, single });
    expect(warning?.message).toContain("for user 1234:");
    expect(warning?.hint).toMatch(/^Add the line 1234:\d+:65536 /);
  });

  it("tells that root file systems are copied where overlays cannot be had", () => {
    expect(executorWarnings({ ...plain, overlay: undefined })).toMatchObject([
      { code: "EXECUTOR_NO_OVERLAY", message: expect.stringContaining('"/store"') },
    ]);
  });
});
