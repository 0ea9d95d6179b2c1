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

describe("LayerFilter", () => {
  it.each([
    {
      name: "a member without its directories",
      tar: ["file a/b 0644 'x'"],
      found: ["directory a/ 755", "file a/b 644 x"],
    },
    {
      name: "paths that are not clean",
      tar: ["file ./a//b/../c 0600 'x'"],
      found: ["directory a/ 755", "file a/c 600 x"],
    },
    {
      name: "an absolute path as one of the root",
      tar: ["file /etc/x 0644 'x'"],
      found: ["directory etc/ 755", "file etc/x 644 x"],
    },
    {
      name: "a directory described later",
      tar: ["file a/b 0644 'x'", "dir a 0700"],
      found: ["directory a/ 755", "file a/b 644 x", "directory a/ 700"],
    },
    {
      name: "a deletion",
      tar: ["dir a 0755", "file a/.wh.b 0644 ''"],
      found: ["directory a/ 755", "character-device a/b 0 0,0"],
    },
    {
      name: "a deletion of what the layer brings itself",
      tar: ["file b 0644 'x'", "file .wh.b 0644 ''"],
      found: ["file b 644 x"],
    },
    {
      name: "a file in place of what its layer deletes",
      tar: ["file .wh.b 0644 ''", "file b 0644 'x'"],
      found: ["character-device b 0 0,0", "file b 644 x"],
    },
    {
      name: "a directory in place of what its layer deletes",
      tar: ["file .wh.b 0644 ''", "dir b 0700"],
      found: ["character-device b 0 0,0", `directory b/ 700 ${opaque}`],
    },
    {
      name: "a file in what its layer deletes",
      tar: ["file .wh.b 0644 ''", "file b/c 0644 'x'"],
      found: ["character-device b 0 0,0", `directory b/ 755 ${opaque}`, "file b/c 644 x"],
    },
    {
      name: "a directory deleted after it came",
      tar: ["dir b 0700 user.a=1", "file .wh.b 0644 ''"],
      found: ["directory b/ 700 user.a=1", `directory b/ 700 ${opaque} user.a=1`],
    },
    {
      name: "an opaque directory",
      tar: ["dir d 0700", "file d/.wh..wh..opq 0644 ''", "dir d 0750"],
      found: ["directory d/ 700", `directory d/ 700 ${opaque}`, `directory d/ 750 ${opaque}`],
    },
    {
      name: "an opaque directory that comes later",
      tar: ["file d/.wh..wh..opq 0644 ''", "dir d 0700"],
      found: [`directory d/ 755 ${opaque}`, `directory d/ 700 ${opaque}`],
    },
    {
      name: "names of AUFS",
      tar: ["file .wh..wh.plnk 0644 'x'", "file a 0644 'y'"],
      found: ["file a 644 y"],
    },
    {
      name: "marks of overlayfs in the archive",
      tar: ["dir d 0755 trusted.overlay.redirect=/x user.overlay.opaque=y user.k=v"],
      found: ["directory d/ 755 user.k=v"],
    },
    {
      name: "a hard link",
      tar: ["file a 0644 'x'", "hardlink b -> ./a"],
      found: ["file a 644 x", "hardlink b 644 -> a"],
    },
    { name: "a hard link to itself", tar: ["file a 0644 'x'", "hardlink a -> a"], found: ["file a 644 x"] },
    {
      name: "links wherever they lead",
      tar: ["link a -> /etc/passwd", "link b -> ../../x"],
      found: ["symlink a 777 -> /etc/passwd", "symlink b 777 -> ../../x"],
    },
    {
      name: "a file in place of a link of its layer",
      tar: ["link a -> /etc/passwd", "file a 0644 'x'"],
      found: ["symlink a 777 -> /etc/passwd", "file a 644 x"],
    },
    { name: "devices", tar: ["char n 1,3"], found: ["character-device n 644 1,3"] },
  ])("writes $name", async ({ tar, found }) => {
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

  it.each([
    {
      name: "a member below a link",
      tar: ["link l -> /etc", "file l/x 0644 ''"],
      path: "l/x",
      problem: "lies below a link or a file of its layer",
    },
    {
      name: "a member deep below a link",
      tar: ["link l -> .", "dir l/x/y 0755"],
      path: "l/x/y",
      problem: "lies below a link or a file of its layer",
    },
    {
      name: "a member below a file",
      tar: ["file f 0644 ''", "file f/x 0644 ''"],
      path: "f/x",
      problem: "lies below a link or a file of its layer",
    },
    {
      name: "a deletion below a link",
      tar: ["link l -> /etc", "file l/.wh.passwd 0644 ''"],
      path: "l/.wh.passwd",
      problem: "lies below a link or a file of its layer",
    },
    {
      name: "an opaque link",
      tar: ["link l -> /etc", "file l/.wh..wh..opq 0644 ''"],
      path: "l/.wh..wh..opq",
      problem: "lies below a link or a file of its layer",
    },
    {
      name: "a link in place of a directory",
      tar: ["dir d 0755", "link d -> /etc"],
      path: "d",
      problem: "takes the place of a directory of its layer",
    },
    {
      name: "a link in place of a directory that is only needed",
      tar: ["file d/x 0644 ''", "link d -> /etc"],
      path: "d",
      problem: "takes the place of a directory of its layer",
    },
    {
      name: "a hard link to a link",
      tar: ["link l -> /etc/shadow", "hardlink x -> l"],
      path: "x",
      problem: "links to what is no earlier file of its layer",
    },
    {
      name: "a hard link to what is not there",
      tar: ["hardlink x -> etc/shadow"],
      path: "x",
      problem: "links to what is no earlier file of its layer",
    },
    { name: "a root that is a link", tar: ["link . -> /etc"], path: "", problem: "makes the root a symlink" },
    {
      name: "a deletion of nothing",
      tar: ["file a/.wh. 0644 ''"],
      path: "a/.wh.",
      problem: "deletes no file",
    },
    {
      name: "a deletion of the parent",
      tar: ["file a/.wh... 0644 ''"],
      path: "a/.wh...",
      problem: "deletes no file",
    },
    {
      name: "a long name",
      tar: [`file ${"n".repeat(256)} 0644 ''`],
      path: "n".repeat(256),
      problem: "has a path longer than Linux takes",
    },
    {
      name: "a deep path",
      tar: [`file ${"d/".repeat(2048)}x 0644 ''`],
      path: `${"d/".repeat(2048)}x`,
      problem: "has a path longer than Linux takes",
    },
  ])("refuses $name", ({ tar, path, problem }) => {
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
