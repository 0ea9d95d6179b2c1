import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { type Member, tarOf } from "../../test/sample-layout.js";
import { isOciBuildError } from "../error.js";
import { streamCursor } from "./byte-cursor.js";
import { type TarMember, tarMembers } from "./tar-members.js";

async function* chunked(bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function list(bytes: Buffer, size = 1000): Promise<readonly TarMember[]> {
  const members: TarMember[] = [];
  for await (const member of tarMembers(streamCursor(chunked(bytes, size)))) members.push(member);
  return members;
}

const lines = (members: readonly TarMember[]): readonly string[] =>
  members.map(({ type, name, linkName, size, dataOffset }) => {
    const link = linkName === "" ? "" : ` -> ${linkName}`;
    return `${type} ${Buffer.from(name, "latin1")}${link} ${size}@${dataOffset}`;
  });

const isTarInvalid = (error: unknown): boolean => isOciBuildError(error, "OCI_TAR_INVALID");

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

describe("tarMembers", () => {
  it("lists types, names, links, sizes and where the data stands", async () => {
    const tar = await tarOf([
      [{ name: "d/", type: "directory" }],
      [{ name: "d/f" }, "x".repeat(513)],
      [{ name: "l", type: "link", linkname: "d/f" }],
      [{ name: "s", type: "symlink", linkname: "../x" }],
      [{ name: "é" }, "1"],
    ]);
    expect(lines(await list(tar))).toEqual([
      "directory d/ 0@512",
      "file d/f 513@1024",
      "hardlink l -> d/f 0@2560",
      "symlink s -> ../x 0@3072",
      "file é 1@4608",
    ]);
  });

  it("reads the same whatever the chunks", async () => {
    const members = fc.array(
      fc.tuple(fc.stringMatching(/^[a-z/é]{1,300}[a-z]$/), fc.string({ maxLength: 2000 })),
      { maxLength: 5 },
    );
    await fc.assert(
      fc.asyncProperty(members, fc.integer({ min: 1, max: 3000 }), async (samples, size) => {
        const tar = await tarOf(samples.map(([name, body]): Member => [{ name }, body]));
        const found = await list(tar, size);
        expect(found).toEqual(await list(tar, tar.length));
        expect(found.map(({ name }) => Buffer.from(name, "latin1").toString())).toEqual(
          samples.map(([name]) => name),
        );
        const bodies = found.map((m) => tar.subarray(m.dataOffset, m.dataOffset + m.size).toString());
        expect(bodies).toEqual(samples.map(([, body]) => body));
      }),
      { numRuns: 30 },
    );
  });

  const tarVersion = spawnSync("tar", ["--version"], { encoding: "utf8" });
  const hasGnuTar = tarVersion.error === undefined && tarVersion.stdout.includes("GNU tar");
  it.skipIf(!hasGnuTar).each(["gnu", "posix", "ustar", "oldgnu", "v7"])(
    "reads what GNU tar writes as %s (skipped where tar is not GNU's)",
    async (format) => {
      const folder = mkdtempSync(path.join(tmpdir(), "tar-"));
      folders.push(folder);
      const long = format === "v7" || format === "ustar" ? "n".repeat(99) : "n".repeat(200);
      writeFileSync(path.join(folder, long), "abc");
      symlinkSync("t".repeat(format === "v7" || format === "ustar" ? 99 : 200), path.join(folder, "link"));
      const args = ["-C", folder, `--format=${format}`, "-cf", "-", long, "link"];
      const { stdout } = spawnSync("tar", args);
      const found = await list(stdout);
      expect(found.map(({ name, size }) => `${name} ${size}`)).toEqual([`${long} 3`, "link 0"]);
      expect(found[1]?.linkName).toMatch(/^t+$/);
      expect(found[1]?.linkName).toHaveLength(long.length);
    },
  );

  it("reads a size in base-256 without reading that much", async () => {
    const tar = Buffer.from(await tarOf([[{ name: "big" }]]));
    tar.fill(0, 124, 136);
    tar.writeUInt8(0x80, 124);
    tar.writeBigUInt64BE(9n * 1024n ** 3n, 128);
    checksum(tar);
    const members = tarMembers(streamCursor(chunked(tar, 512)));
    const first = await members.next();
    expect(first.value).toMatchObject({ name: "big", size: 9 * 1024 ** 3 });
    await expect(members.next()).rejects.toSatisfy(isTarInvalid);
  });

  it("ends at a block of zeros, and leaves alone what follows", async () => {
    const tar = await tarOf([[{ name: "a" }]]);
    expect(lines(await list(Buffer.concat([tar, Buffer.alloc(512, "x")])))).toEqual(["file a 0@512"]);
  });

  it("takes a tar that ends with the last byte of its last member, as Go does", async () => {
    const tar = await tarOf([[{ name: "a" }, "abc"]]);
    expect(lines(await list(tar.subarray(0, 515)))).toEqual(["file a 3@512"]);
    await expect(list(tar.subarray(0, 514))).rejects.toSatisfy(isTarInvalid);
  });

  it.each([
    { name: "a checksum that is wrong", at: 0, bytes: Buffer.from("b"), sum: "stale" },
    { name: "a size that is no number", at: 130, bytes: Buffer.from("9"), sum: "right" },
    { name: "a negative size", at: 124, bytes: Buffer.alloc(12, 0xff), sum: "right" },
    {
      name: "a size beyond what numbers hold",
      at: 124,
      bytes: Buffer.from(`80${"7f".repeat(11)}`, "hex"),
      sum: "right",
    },
    {
      name: "an extended header of 2 MiB",
      at: 124,
      bytes: Buffer.from(`00010000000${" ".repeat(21)}x`),
      sum: "right",
    },
  ])("refuses $name", async ({ at, bytes, sum }) => {
    const tar = Buffer.from(await tarOf([[{ name: "a" }]]));
    bytes.copy(tar, at);
    if (sum === "right") checksum(tar);
    await expect(list(tar)).rejects.toSatisfy(isTarInvalid);
  });

  it.each(["5 a=b\n", "x a=b\n", "6 a=bX", "9999999 a=b\n", "5 ab\n", " a=b\n"])(
    "refuses the PAX record %j",
    async (record) => {
      const tar = Buffer.from(await tarOf([[{ name: "x" }, record], [{ name: "a" }]]));
      tar.write("x", 156);
      checksum(tar);
      await expect(list(tar)).rejects.toSatisfy(isTarInvalid);
    },
  );

  it("never fails with another error, whatever the bytes", async () => {
    const sound = await tarOf([[{ name: "n".repeat(300) }, "abc"], [{ name: "b" }]]);
    const change = fc.tuple(fc.nat(sound.length - 1), fc.nat(255));
    await fc.assert(
      fc.asyncProperty(
        fc.array(change, { minLength: 1, maxLength: 4 }),
        fc.boolean(),
        async (changes, fix) => {
          const tar = Buffer.from(sound);
          for (const [at, byte] of changes) tar.writeUInt8(byte, at);
          if (fix) checksum(tar);
          await list(tar).catch((error: unknown) => expect(isTarInvalid(error)).toBe(true));
        },
      ),
      { numRuns: 300 },
    );
  });
});

/** Makes the checksum of the first header right again. */
function checksum(tar: Buffer): void {
  tar.fill(" ", 148, 156);
  const sum = tar.subarray(0, 512).reduce((total, byte) => total + byte, 0);
  tar.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
}
