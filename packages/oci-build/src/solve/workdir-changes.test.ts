import { describe, expect, it } from "vitest";
import { changeLines, tree } from "../../test/support/change-lines.js";
import type { WorkdirStep } from "../plan/step.js";
import { workdirChanges } from "./workdir-changes.js";

const nowhere = { offset: 0, line: 1, column: 1 };
const parent = tree("dir usr", "dir usr/bin", "link bin -> usr/bin", "file f");

function workdir(path: string, user = ""): WorkdirStep {
  const span = { start: nowhere, end: nowhere };
  const shown = { name: "[1/1] WORKDIR", text: `WORKDIR ${path}`, variables: [] };
  return { kind: "workdir", id: "0.1", ...shown, stageIndex: 0, span, path, user };
}

describe("workdirChanges", () => {
  it.each([
    ["/a/b", "", ["dir a 0755 *", "dir a/b 0755 *"]],
    ["/a/b", "3:4", ["dir a 0755 3:4 *", "dir a/b 0755 3:4 *"]],
    ["/usr", "3:4", []],
    ["/bin/x", "", ["dir usr/bin/x 0755 *"]],
    ["/bin/../x", "", ["dir x 0755 *"]],
    ["//x/./y/..", "", ["dir x 0755 *"]],
  ])("makes what is missing of %s for the user %j", async (path, user, lines) => {
    expect(await changeLines(await workdirChanges(workdir(path, user), parent))).toEqual(lines);
  });

  it("refuses a file", async () => {
    await expect(workdirChanges(workdir("/f/x"), parent)).rejects.toMatchObject({
      code: "WORKDIR_NOT_DIRECTORY",
    });
  });
});
