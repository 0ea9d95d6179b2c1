import { type DiffId, digestOf } from "@oci-build/oci";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { tarBytes } from "../../../snapshot/src/testing/tar-bytes.js";
import { tarLines } from "../../test/support/tar-lines.js";
import type { IdMapping } from "../space/id-space.js";
import { LayerFilter } from "./layer-filter.js";
import { type UnpackLimits, unpackLimits } from "./unpack-limits.js";

const diffId = digestOf("") as string as DiffId;

interface Options {
  readonly mapping?: IdMapping;
  readonly limits?: UnpackLimits;
  readonly pieceBytes?: number;
}

function filtered(
  tar: Buffer,
  options: Options = {},
): { readonly tar: Buffer; readonly filter: LayerFilter } {
  const { mapping = "root", limits = unpackLimits, pieceBytes = tar.length } = options;
  const filter = new LayerFilter({ diffId, mapping, limits, overlayXattrs: "trusted" });
  const out: Buffer[] = [];
  for (let at = 0; at < tar.length; at += pieceBytes)
    out.push(...filter.take(tar.subarray(at, at + pieceBytes)));
  return { tar: Buffer.concat([...out, filter.finish()]), filter };
}

const opaque = "trusted.overlay.opaque=y";

const problems = {
  below: "lies below a link or a file of its layer",
  inPlace: "takes the place of a directory of its layer",
  noFile: "links to what is no earlier file of its layer",
  noDeletion: "deletes no file",
  tooLong: "has a path longer than Linux takes",
};

describe("LayerFilter", () => {
  it.each<[name: string, tar: string[], found: string[]]>([
    ["a member without its directories", ["file a/b 0644 'x'"], ["directory a/ 755", "file a/b 644 x"]],
    ["paths that are not clean", ["file ./a//b/../c 0600 'x'"], ["directory a/ 755", "file a/c 600 x"]],
    [
      "an absolute path as one of the root",
      ["file /etc/x 0644 'x'"],
      ["directory etc/ 755", "file etc/x 644 x"],
    ],
    [
      "a directory described later",
      ["file a/b 0644 'x'", "dir a 0700"],
      ["directory a/ 755", "file a/b 644 x", "directory a/ 700"],
    ],
    [
      "a deletion",
      ["dir a 0755", "file a/.wh.b 0644 ''"],
      ["directory a/ 755", "character-device a/b 0 0,0"],
    ],
    [
      "a deletion of what the layer brings itself",
      ["file b 0644 'x'", "file .wh.b 0644 ''"],
      ["file b 644 x"],
    ],
    [
      "a file in place of what its layer deletes",
      ["file .wh.b 0644 ''", "file b 0644 'x'"],
      ["character-device b 0 0,0", "file b 644 x"],
    ],
    [
      "a directory in place of what its layer deletes",
      ["file .wh.b 0644 ''", "dir b 0700"],
      ["character-device b 0 0,0", `directory b/ 700 ${opaque}`],
    ],
    [
      "a file in what its layer deletes",
      ["file .wh.b 0644 ''", "file b/c 0644 'x'"],
      ["character-device b 0 0,0", `directory b/ 755 ${opaque}`, "file b/c 644 x"],
    ],
    [
      "a directory deleted after it came",
      ["dir b 0700 user.a=1", "file .wh.b 0644 ''"],
      ["directory b/ 700 user.a=1", `directory b/ 700 ${opaque} user.a=1`],
    ],
    [
      "an opaque directory",
      ["dir d 0700", "file d/.wh..wh..opq 0644 ''", "dir d 0750"],
      ["directory d/ 700", `directory d/ 700 ${opaque}`, `directory d/ 750 ${opaque}`],
    ],
    [
      "an opaque directory that comes later",
      ["file d/.wh..wh..opq 0644 ''", "dir d 0700"],
      [`directory d/ 755 ${opaque}`, `directory d/ 700 ${opaque}`],
    ],
    ["names of AUFS", ["file .wh..wh.plnk 0644 'x'", "file a 0644 'y'"], ["file a 644 y"]],
    [
      "marks of overlayfs in the archive",
      ["dir d 0755 trusted.overlay.redirect=/x user.overlay.opaque=y user.k=v"],
      ["directory d/ 755 user.k=v"],
    ],
    ["a hard link", ["file a 0644 'x'", "hardlink b -> ./a"], ["file a 644 x", "hardlink b 644 -> a"]],
    ["a hard link to itself", ["file a 0644 'x'", "hardlink a -> a"], ["file a 644 x"]],
    [
      "links wherever they lead",
      ["link a -> /etc/passwd", "link b -> ../../x"],
      ["symlink a 777 -> /etc/passwd", "symlink b 777 -> ../../x"],
    ],
    [
      "a file in place of a link of its layer",
      ["link a -> /etc/passwd", "file a 0644 'x'"],
      ["symlink a 777 -> /etc/passwd", "file a 644 x"],
    ],
    ["devices", ["char n 1,3"], ["character-device n 644 1,3"]],
  ])("writes %s", async (_, tar, found) => {
    expect(await tarLines(filtered(tarBytes(...tar)).tar)).toEqual(found);
  });

  it.each<IdMapping>(["subordinate", "single"])(
    "Differs: puts deletions in the place of devices (%s)",
    async (mapping) => {
      const { tar, filter } = filtered(tarBytes("char dev/n 1,3", "block s 8,0", "fifo f"), { mapping });
      expect(await tarLines(tar)).toEqual([
        "directory dev/ 755",
        "character-device dev/n 0 0,0",
        "character-device s 0 0,0",
        "fifo f 644",
      ]);
      expect(filter.devicesLeftOut).toBe(1);
    },
  );

  it("tells what directories the layer does not describe, and that it hides all below", () => {
    const { filter } = filtered(
      tarBytes("file a/b/c 0644 ''", "dir a 0700", "file x/.wh.y 0644 ''", "file .wh..wh..opq 0644 ''"),
    );
    expect(filter.paths).toMatchObject({ implied: ["a/b", "x"], hidesAll: true });
  });

  it.each<[name: string, tar: string[], path: string, problem: string]>([
    ["a member below a link", ["link l -> /etc", "file l/x 0644 ''"], "l/x", problems.below],
    ["a member deep below a link", ["link l -> .", "dir l/x/y 0755"], "l/x/y", problems.below],
    ["a member below a file", ["file f 0644 ''", "file f/x 0644 ''"], "f/x", problems.below],
    [
      "a deletion below a link",
      ["link l -> /etc", "file l/.wh.passwd 0644 ''"],
      "l/.wh.passwd",
      problems.below,
    ],
    ["an opaque link", ["link l -> /etc", "file l/.wh..wh..opq 0644 ''"], "l/.wh..wh..opq", problems.below],
    ["a link in place of a directory", ["dir d 0755", "link d -> /etc"], "d", problems.inPlace],
    [
      "a link in place of a directory that is only needed",
      ["file d/x 0644 ''", "link d -> /etc"],
      "d",
      problems.inPlace,
    ],
    ["a hard link to a link", ["link l -> /etc/shadow", "hardlink x -> l"], "x", problems.noFile],
    ["a hard link to what is not there", ["hardlink x -> etc/shadow"], "x", problems.noFile],
    ["a root that is a link", ["link . -> /etc"], "", "makes the root a symlink"],
    ["a deletion of nothing", ["file a/.wh. 0644 ''"], "a/.wh.", problems.noDeletion],
    ["a deletion of the parent", ["file a/.wh... 0644 ''"], "a/.wh...", problems.noDeletion],
    ["a long name", [`file ${"n".repeat(256)} 0644 ''`], "n".repeat(256), problems.tooLong],
    ["a deep path", [`file ${"d/".repeat(2048)}x 0644 ''`], `${"d/".repeat(2048)}x`, problems.tooLong],
  ])("refuses %s", (_, tar, path, problem) => {
    expect(() => filtered(tarBytes(...tar))).toThrow(
      expect.objectContaining({
        code: "UNPACK_MEMBER_REFUSED",
        exitCode: 1,
        data: { diffId, path, problem },
      }),
    );
  });

  it.each(["../x", "a/../../x", "/../x"])("refuses to leave the root by %s", (path) => {
    expect(() => filtered(tarBytes(`file ${path} 0644 ''`))).toThrow(
      expect.objectContaining({ code: "TAR_PATH_UNSAFE" }),
    );
    expect(() => filtered(tarBytes("file a 0644 ''", `hardlink b -> ${path}`))).toThrow(
      expect.objectContaining({ code: "TAR_PATH_UNSAFE" }),
    );
  });

  it("takes names that are as long as Linux takes", () => {
    expect(() =>
      filtered(tarBytes(`file ${"n".repeat(255)} 0644 ''`, `file ${"d/".repeat(2047)}x 0644 ''`)),
    ).not.toThrow();
  });

  it("refuses bytes behind the end, but for zeros", () => {
    const tar = tarBytes("file a 0644 'x'");
    expect(() => filtered(Buffer.concat([tar, Buffer.alloc(9000)]))).not.toThrow();
    expect(() =>
      filtered(Buffer.concat([tar, Buffer.alloc(600), Buffer.of(1)]), { pieceBytes: 512 }),
    ).toThrow(expect.objectContaining({ code: "UNPACK_MEMBER_REFUSED" }));
  });

  it("refuses a tar that ends too early", () => {
    const tar = tarBytes("file a 0644 'xyz'");
    expect(() => filtered(tar.subarray(0, 514))).toThrow(expect.objectContaining({ code: "TAR_MALFORMED" }));
  });

  it("counts the directories that it has to make, and bytes, against the limits", () => {
    const tar = tarBytes("file a/b/c/d 0644 ''");
    const tight = { maxEntries: 4, maxBytes: tar.length };
    expect(() => filtered(tar, { limits: { ...tight, maxEntries: 5 } })).not.toThrow();
    expect(() => filtered(tar, { limits: tight })).toThrow(
      expect.objectContaining({ code: "UNPACK_LIMIT_EXCEEDED" }),
    );
    expect(() => filtered(tar, { limits: { maxEntries: 5, maxBytes: tar.length - 1 } })).toThrow(
      expect.objectContaining({ code: "TAR_LIMIT_EXCEEDED" }),
    );
  });

  it("writes the same whatever the pieces are", () => {
    const text = "0123456789".repeat(200);
    const tar = tarBytes(
      "dir a 0755",
      `file a/b 0644 '${text}'`,
      "file .wh.x 0644 'skipped'",
      `file c 0644 '${text}'`,
      "file d 0644 ''",
    );
    const whole = filtered(tar).tar;
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3000 }), (pieceBytes) => {
        expect(filtered(tar, { pieceBytes }).tar.equals(whole)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });
});
