import { describe, expect, it } from "vitest";
import { checkUser } from "./check-user.js";

/** A space that has the first thousand ids of each kind, and user 5000. */
const space = (mapping: "subordinate" | "single") => {
  return { mapping, hasId: (kind: string, id: number) => id < 1000 || (kind === "user" && id === 5000) };
};

describe("checkUser", () => {
  it.each([
    { uid: 0, gid: 0, groups: [0, 4] },
    { uid: 999, gid: 999, groups: [999, 4] },
    { uid: 5000, gid: 0, groups: [0] },
  ])("lets $uid:$gid in $groups pass where all of them are to be had", (ids) => {
    expect(() => checkUser({ ...ids, home: "/" }, "app", { space: space("subordinate") })).not.toThrow();
  });

  it.each([
    { uid: 1000, gid: 0, groups: [0], lacking: "user id 1000" },
    { uid: 5000, gid: 5000, groups: [], lacking: "group id 5000" },
    { uid: 1, gid: 1, groups: [1, 4, 1000], lacking: "group id 1000" },
  ])("names what of $uid:$gid in $groups is not to be had", ({ lacking, ...ids }) => {
    expect(() => checkUser({ ...ids, home: "/" }, "app", { space: space("subordinate") })).toThrowError(
      expect.objectContaining({
        code: "EXECUTOR_USER_UNKNOWN",
        message: `cannot run as user "app": there is no ${lacking} among the ids that are to be had here`,
      }),
    );
  });

  it("lets root alone pass where there is but one id, whatever groups the image has it in", () => {
    const root = { uid: 0, gid: 0, groups: [0, 4], home: "/root" };
    expect(() => checkUser(root, "", { space: space("single") })).not.toThrow();
    for (const ids of [{ uid: 1 }, { gid: 1 }]) {
      expect(() => checkUser({ ...root, ...ids }, "app", { space: space("single") })).toThrowError(
        expect.objectContaining({ code: "EXECUTOR_USER_UNKNOWN" }),
      );
    }
  });
});
