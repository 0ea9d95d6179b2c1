import { isOciBuildError } from "@oci-build/oci";
import { fileTreeOf } from "@oci-build/snapshot";
import { describe, expect, it } from "vitest";
import { treeEntries } from "../../../snapshot/src/testing/tree-lines.js";
import { resolveUser } from "./resolve-user.js";

const passwd = [
  "root:x:0:0:root:/root:/bin/sh",
  "app:x:1000:1001::/home/app:/bin/sh",
  "homeless:x:1002:1002:::",
  "2000:x:2001:2001::/n:/bin/sh",
  "broken:x:many:1::/:",
  "# a comment",
].join("\\n");
const group = ["root:x:0:root", "adm:x:4:app,root", "app:x:1001:", "extra:x:50:other,app", "bad:x::app"].join(
  "\\n",
);

const root = fileTreeOf(
  treeEntries("dir etc 0755", `file etc/passwd 0644 '${passwd}'`, `file etc/group 0644 '${group}'`),
);

describe("resolveUser", () => {
  it.each([
    ["", "0:0 in 0,4 at /root"],
    ["root", "0:0 in 0,4 at /root"],
    ["0", "0:0 in 0,4 at /root"],
    ["app", "1000:1001 in 1001,4,50 at /home/app"],
    ["1000", "1000:1001 in 1001,4,50 at /home/app"],
    ["app:adm", "1000:4 in 4 at /home/app"],
    ["app:4", "1000:4 in 4 at /home/app"],
    ["app:77", "1000:77 in 77 at /home/app"],
    ["4242", "4242:0 in 0 at /"],
    ["4242:50", "4242:50 in 50 at /"],
    ["homeless", "1002:1002 in 1002 at /"],
    ["2000", "2001:2001 in 2001 at /n"],
    [":adm", "0:4 in 4 at /root"],
  ])("finds %j as runc does", async (text, found) => {
    const { uid, gid, groups, home } = await resolveUser(text, root);
    expect(`${uid}:${gid} in ${groups.join(",")} at ${home}`).toBe(found);
  });

  it.each(["nobody-there", "app:nothing", "broken", "4294967296", "-1", "app:4294967296"])(
    "refuses %j",
    async (text) => {
      await expect(resolveUser(text, root)).rejects.toSatisfy((error: unknown) =>
        isOciBuildError(error, "EXECUTOR_USER_UNKNOWN"),
      );
    },
  );

  it("needs no files for numbers and for root", async () => {
    const empty = fileTreeOf([]);
    expect(await resolveUser("", empty)).toEqual({ uid: 0, gid: 0, groups: [0], home: "/" });
    expect(await resolveUser("root:root", empty)).toEqual({ uid: 0, gid: 0, groups: [0], home: "/" });
    expect(await resolveUser("5:6", empty)).toEqual({ uid: 5, gid: 6, groups: [6], home: "/" });
  });

  it("follows links inside the root alone", async () => {
    const linked = fileTreeOf(
      treeEntries(
        "dir etc 0755",
        "link etc/passwd -> ../../../lib/passwd",
        "dir lib 0755",
        "file lib/passwd 0644 'app:x:7:8::/:'",
      ),
    );
    expect(await resolveUser("app", linked)).toMatchObject({ uid: 7, gid: 8 });
  });
});
