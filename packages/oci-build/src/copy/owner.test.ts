import { fileTreeOf } from "@oci-build/snapshot";
import { describe, expect, it } from "vitest";
import { textFile } from "../../test/support/text-file.js";
import { resolveOwner } from "./owner.js";

const root = fileTreeOf([
  textFile(
    "etc/passwd",
    "root:x:0:0:::\napp:x:1000:1001:::\nodd:x:x:y:::\nsame:x:7:7:::\nsame:x:8:8:::\nnobig:x:4294967294:4294967295:::\n",
  ),
  textFile("etc/group", "root:x:0:\nstaff:x:50:app\n"),
]);

describe("resolveOwner", () => {
  it.each([
    ["a number is also the group", "1000", { uid: 1000, gid: 1000 }],
    ["numbers", "1:2", { uid: 1, gid: 2 }],
    ["a user's primary group", "app", { uid: 1000, gid: 1001 }],
    ["names", "app:staff", { uid: 1000, gid: 50 }],
    ["a name with a number", "app:7", { uid: 1000, gid: 7 }],
    ["an unknown user is 0", "nobody", { uid: 0, gid: 0 }],
    ["an unknown group is the user's", "app:nobody", { uid: 1000, gid: 1001 }],
    ["the first of equal names counts", "same", { uid: 7, gid: 7 }],
    ["an account without numbers is 0", "odd", { uid: 0, gid: 0 }],
    ["accounts may have all ids that the kernel has", "nobig", { uid: 4294967294, gid: 0 }],
    ["ids above 2^21", "3000000:4000000", { uid: 3000000, gid: 4000000 }],
    ["more than 31 bits is a name", "1:2147483648", { uid: 1, gid: 1 }],
  ])("%s: %s", async (_, text, owner) => {
    expect(await resolveOwner(text, root)).toEqual(owner);
  });

  it("knows numbers without any account file", async () => {
    expect(await resolveOwner("5:6", fileTreeOf([]))).toEqual({ uid: 5, gid: 6 });
    expect(await resolveOwner("root", fileTreeOf([]))).toEqual({ uid: 0, gid: 0 });
  });

  it("follows links inside the root only", async () => {
    const linked = fileTreeOf([
      {
        type: "symlink",
        path: "etc/passwd",
        target: "/../../real",
        mode: 0o777,
        uid: 0,
        gid: 0,
        mtimeSec: 0,
      },
      textFile("real", "app:x:9:9:::\n"),
    ]);
    expect(await resolveOwner("app", linked)).toEqual({ uid: 9, gid: 9 });
  });
});
