import fs from "node:fs";
import path from "node:path";
import { openImageArchive, validateImage } from "@oci-build/oci";
import { build } from "oci-build";
import { beforeAll, describe, expect, it } from "vitest";
import { temporaryFolder, writeFiles } from "./support/build-folder.js";
import { diskLines } from "./support/disk-lines.js";
import { hasTool, runTool } from "./support/tools.js";

const base = temporaryFolder();
const context = path.join(base, "context");
const canUnpack = process.getuid?.() === 0 && hasTool("umoci");
const whyNot = "skipped: needs root and umoci";

const deep = `${"d".repeat(90)}/${"e".repeat(90)}/${"f".repeat(90)}`;

beforeAll(() => {
  writeFiles(context, {
    "plain.txt": "plain",
    "empty.txt": "",
    "a b/c d.txt": "spaces",
    "ünïcödé/日本語.txt": "unicode",
    "empty/": "",
    "hard/one": "linked",
    [`${"n".repeat(120)}.txt`]: "name over 100 bytes",
    [`${deep}/file.txt`]: "path over 255 bytes",
    "suid.sh": "#!/bin/sh\n",
    "sticky/": "",
    "big.bin": Buffer.alloc(3_000_000, "0123456789"),
  });
  fs.linkSync(path.join(context, "hard/one"), path.join(context, "hard/two"));
  fs.linkSync(path.join(context, "hard/one"), path.join(context, "alias"));
  fs.symlinkSync("plain.txt", path.join(context, "link"));
  fs.symlinkSync("/etc/passwd", path.join(context, "absolute"));
  fs.symlinkSync("nowhere", path.join(context, "dangling"));
  fs.symlinkSync("a b", path.join(context, "to-directory"));
  fs.symlinkSync(`../${"t".repeat(150)}`, path.join(context, "long-target"));
  fs.chmodSync(path.join(context, "suid.sh"), 0o6755);
  fs.chmodSync(path.join(context, "sticky"), 0o1777);
  fs.chmodSync(path.join(context, "plain.txt"), 0o600);
  if (process.getuid?.() === 0) fs.chownSync(path.join(context, "plain.txt"), 1234, 5678);
});

/** Builds, validates with our own validator, unpacks with umoci and gives what lies there. */
async function unpacked(name: string, dockerfile: string, tags = [`${name}:1`]): Promise<string> {
  const layout = path.join(base, `${name}-layout`);
  const archive = path.join(base, `${name}.tar`);
  const options = { context, dockerfile: { text: dockerfile }, tags, cacheDir: path.join(base, "cache") };
  await build({ ...options, output: { type: "oci", dest: archive } });
  await build({ ...options, output: { type: "oci", dest: layout, tar: false } });
  const source = await openImageArchive(archive);
  expect(await validateImage(source)).toEqual([]);
  await source.close();
  const bundle = path.join(base, `${name}-bundle`);
  runTool("umoci", ["unpack", "--image", `${layout}:1`, bundle]);
  return path.join(bundle, "rootfs");
}

describe.skipIf(!canUnpack)(`an image, unpacked by umoci (${canUnpack ? "root, umoci" : whyNot})`, () => {
  it("has the context's files with path, type, mode, links and content, owned by 0:0", async () => {
    const rootfs = await unpacked("plain", "FROM scratch\nCOPY . /\n");
    expect(diskLines(rootfs)).toEqual(diskLines(context, { owner: { uid: 0, gid: 0 } }));
  });

  it("has the owners that --chown gives, also above 2^21", async () => {
    const owner = { uid: 3_000_000, gid: 4_000_000 };
    const rootfs = await unpacked("chown", `FROM scratch\nCOPY --chown=${owner.uid}:${owner.gid} . /\n`);
    expect(diskLines(rootfs)).toEqual(diskLines(context, { owner }));
  });

  it("keeps owners through COPY --from, byte for byte what the stage had", async () => {
    const lines = ["FROM scratch AS a", "COPY --chown=7:8 . /in/", "FROM scratch", "COPY --from=a /in /"];
    const rootfs = await unpacked("from", `${lines.join("\n")}\n`);
    expect(diskLines(rootfs)).toEqual(diskLines(context, { owner: { uid: 7, gid: 8 } }));
  });

  it("keeps owners, modes and links of an archive that ADD unpacks", async () => {
    const archive = path.join(base, "archive-context");
    fs.mkdirSync(archive);
    runTool("tar", [
      "-czf",
      path.join(archive, "all.tar.gz"),
      "--owner=11",
      "--group=12",
      "-C",
      context,
      ".",
    ]);
    const name = "add";
    const layout = path.join(base, `${name}-layout`);
    await build({
      context: archive,
      dockerfile: { text: "FROM scratch\nADD all.tar.gz /\n" },
      tags: [`${name}:1`],
      cacheDir: path.join(base, "cache"),
      output: { type: "oci", dest: layout, tar: false },
    });
    runTool("umoci", ["unpack", "--image", `${layout}:1`, path.join(base, "add-bundle")]);
    expect(diskLines(path.join(base, "add-bundle/rootfs"))).toEqual(
      diskLines(context, { owner: { uid: 11, gid: 12 } }),
    );
  });
});

const hasAttributes = hasTool("setfattr") && canUnpack;

describe.skipIf(!hasAttributes)(
  `extended attributes (${hasAttributes ? "setfattr, umoci" : "skipped: needs root, umoci and attr"})`,
  () => {
    it("keeps the user attributes of a local context, which BuildKit drops, and file capabilities", async () => {
      const file = path.join(context, "with-attributes");
      fs.writeFileSync(file, "x");
      runTool("setfattr", ["-n", "user.note", "-v", "hello", file]);
      runTool("setfattr", [
        "-n",
        "security.capability",
        "-v",
        "0x0100000200040000000000000000000000000000",
        file,
      ]);
      const rootfs = await unpacked("xattr", "FROM scratch\nCOPY with-attributes /\n");
      const dump = (at: string): string =>
        runTool("getfattr", ["-d", "-m", "-", "--absolute-names", at]).replace(/^# file.*\n/, "");
      expect(dump(path.join(rootfs, "with-attributes"))).toBe(dump(file));
      fs.rmSync(file);
    });
  },
);

const hasSkopeo = hasTool("skopeo");

describe.skipIf(!hasSkopeo)(`skopeo (${hasSkopeo ? "present" : "skipped: skopeo is not installed"})`, () => {
  it.each(["oci-archive", "docker-archive"])("reads the tarball as %s", async (transport) => {
    const archive = path.join(base, `${transport}.tar`);
    await build({
      context,
      dockerfile: { text: 'FROM scratch\nCOPY plain.txt /\nENV a=b\nCMD ["/x"]\n' },
      tags: ["app:1"],
      cacheDir: path.join(base, "cache"),
      output: { type: "oci", dest: archive },
    });
    const config = JSON.parse(
      runTool("skopeo", ["inspect", "--config", `${transport}:${archive}`]),
    ) as object;
    expect(config).toMatchObject({
      os: "linux",
      config: { Env: expect.arrayContaining(["a=b"]), Cmd: ["/x"] },
    });
    const copy = path.join(base, `${transport}-copy`);
    runTool("skopeo", ["copy", `${transport}:${archive}`, `oci:${copy}:1`]);
    if (!canUnpack) return;
    runTool("umoci", ["unpack", "--image", `${copy}:1`, path.join(base, `${transport}-bundle`)]);
    expect(fs.readFileSync(path.join(base, `${transport}-bundle/rootfs/plain.txt`), "utf8")).toBe("plain");
  });
});
