import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import {
  descriptorOf,
  type Member,
  memorySource,
  pathOf,
  sampleLayout,
  soundMembers,
  tarOf,
} from "../../test/sample-layout.js";
import { digestOf } from "../digest.js";
import { validateImage } from "./validate-image.js";

/** `rule entry` of each mismatch of an image with some layers, lowest first. */
async function mismatchesOf(...tars: readonly Buffer[]): Promise<readonly string[]> {
  const layers = tars.map((tar) => gzipSync(tar));
  const { files } = await sampleLayout({
    config: (config) => ({
      ...config,
      rootfs: { type: "layers", diff_ids: tars.map((tar) => digestOf(tar)) },
      history: tars.map(() => ({})),
    }),
    manifest: (manifest) => ({
      ...manifest,
      layers: layers.map((layer) => descriptorOf("application/vnd.oci.image.layer.v1.tar+gzip", layer)),
    }),
    files: (all) => {
      all.delete("manifest.json");
      for (const layer of layers) all.set(pathOf(layer), layer);
    },
  });
  const mismatches = await validateImage(memorySource(files));
  return mismatches.map(({ rule, path }) => `${rule} ${path.replace(/^blobs\/sha256\/[0-9a-f]{64}/, "")}`);
}

const directory: Member = [{ name: "etc/", type: "directory", mode: 0o755 }];
const file: Member = [{ name: "etc/motd" }, "hello\n"];

interface Case {
  readonly name: string;
  readonly members: readonly Member[];
  readonly expected: readonly string[];
}

const cases: readonly Case[] = [
  { name: "nothing of a sound layer", members: soundMembers, expected: [] },
  { name: "nothing of an empty layer", members: [], expected: [] },
  {
    name: "nothing of names with ./ before them",
    members: [
      [{ name: "./", type: "directory" }],
      [{ name: "./etc/", type: "directory" }],
      [{ name: "./etc/motd" }],
    ],
    expected: [],
  },
  {
    name: "nothing of devices and FIFOs",
    members: [[{ name: "f", type: "fifo" }], [{ name: "c", type: "character-device" }]],
    expected: [],
  },
  {
    name: "a file that stands twice",
    members: [directory, file, file],
    expected: ["layer.entry-duplicate !etc/motd"],
  },
  {
    name: "a path that stands twice under two spellings",
    members: [directory, file, [{ name: "./etc//motd" }]],
    expected: ["layer.entry-duplicate !./etc//motd"],
  },
  {
    name: "a directory that stands twice",
    members: [directory, directory],
    expected: ["layer.entry-duplicate !etc/"],
  },
  { name: "a path with ..", members: [[{ name: "a/../../b" }]], expected: ["layer.entry-path !a/../../b"] },
  {
    name: "an absolute path",
    members: [[{ name: "/etc/passwd" }]],
    expected: ["layer.entry-path !/etc/passwd"],
  },
  {
    name: "an entry below a link of the same layer",
    members: [[{ name: "a", type: "symlink", linkname: "/etc" }], [{ name: "a/passwd" }]],
    expected: ["layer.entry-parent !a/passwd"],
  },
  {
    name: "a link that takes the place of a directory with entries",
    members: [[{ name: "a/b" }], [{ name: "a", type: "symlink", linkname: "/etc" }]],
    expected: ["layer.entry-parent !a"],
  },
  {
    name: "a hard link to what is nowhere",
    members: [[{ name: "a", type: "link", linkname: "b" }]],
    expected: ["layer.entry-link !a"],
  },
  {
    name: "a hard link to what comes later",
    members: [[{ name: "a", type: "link", linkname: "b" }], [{ name: "b" }]],
    expected: ["layer.entry-link !a"],
  },
  {
    name: "a hard link to a directory, to itself and out of the root",
    members: [
      directory,
      [{ name: "a", type: "link", linkname: "etc" }],
      [{ name: "b", type: "link", linkname: "b" }],
      [{ name: "c", type: "link", linkname: "../etc/passwd" }],
    ],
    expected: ["layer.entry-link !a", "layer.entry-link !b", "layer.entry-link !c"],
  },
  {
    name: "a whiteout with bytes, one without a name, one that is a directory",
    members: [[{ name: ".wh.a" }, "x"], [{ name: "d/.wh." }], [{ name: ".wh.e/", type: "directory" }]],
    expected: ["layer.whiteout !.wh.a", "layer.whiteout !d/.wh.", "layer.whiteout !.wh.e/"],
  },
  {
    name: "an entry whose name would move the cursor of a terminal",
    members: [[{ name: "/\u001b[2Jx" }]],
    expected: ["layer.entry-path !/\\u001b[2Jx"],
  },
];

describe("validateImage of layers", () => {
  it.each(cases)("lists $name", async ({ members, expected }) => {
    expect(await mismatchesOf(await tarOf(members))).toEqual(expected);
  });

  it("takes a hard link to a file of a layer below, not of one above", async () => {
    const link = await tarOf([[{ name: "a", type: "link", linkname: "etc/motd" }]]);
    const target = await tarOf([directory, file]);
    expect(await mismatchesOf(target, link)).toEqual([]);
    expect(await mismatchesOf(link, target)).toEqual(["layer.entry-link !a"]);
  });

  it("lists a type that not all readers know, and one whose data is not all its bytes", async () => {
    const tar = Buffer.from(await tarOf([[{ name: "v" }], [{ name: "s" }]]));
    retype(tar, 0, "V");
    retype(tar, 512, "S");
    expect(await mismatchesOf(tar)).toEqual(["layer.entry-type !v", "layer.entry-type !s"]);
  });

  it("lists a directory that says it has bytes, and reads on as Go does", async () => {
    const tar = Buffer.from(await tarOf([[{ name: "d" }, "x"], [{ name: "e" }]]));
    retype(tar, 0, "5");
    const withoutData = Buffer.concat([tar.subarray(0, 512), tar.subarray(1024)]);
    expect(await mismatchesOf(withoutData)).toEqual(["layer.entry-size !d"]);
  });

  it("still computes the diffID of a layer whose tar ends too early", async () => {
    const tar = await tarOf([[{ name: "a" }, "x".repeat(2000)]]);
    expect(await mismatchesOf(tar.subarray(0, 1024))).toEqual(["layer.tar "]);
  });

  it("reads the layers of a plain tar media type", async () => {
    const layout = await sampleLayout({
      layer: await tarOf(soundMembers),
      manifest: (manifest) => {
        const mediaType = "application/vnd.oci.image.layer.v1.tar";
        return { ...manifest, layers: [{ ...manifest.layers[0], mediaType }] };
      },
    });
    expect(await validateImage(memorySource(layout.files))).toEqual([]);
  });
});

/** Changes the type of the member at an offset. */
function retype(tar: Buffer, offset: number, type: string): void {
  tar.write(type, offset + 156, "latin1");
  tar.fill(" ", offset + 148, offset + 156);
  const sum = tar.subarray(offset, offset + 512).reduce((total, byte) => total + byte, 0);
  tar.write(`${sum.toString(8).padStart(6, "0")}\0 `, offset + 148, "latin1");
}
