import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { extract } from "tar-stream";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { memorySource, sampleLayout } from "../../test/sample-layout.js";
import { writeImageArchive } from "../archive/write-image-archive.js";
import { isOciBuildError } from "../error.js";
import type { ImageContent } from "../image/image-content.js";
import { writeImageLayout } from "./write-image-layout.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "layout-"));
});
afterEach(() => rm(folder, { recursive: true }));

async function sampleContent(names = ["docker.io/library/app:1.0"]): Promise<ImageContent> {
  const source = memorySource((await sampleLayout()).files);
  const [descriptor] = (await source.index()).manifests;
  if (descriptor === undefined) throw new Error("no manifest");
  return { roots: [{ descriptor, names }], blobs: source };
}

async function filesOf(directory: string): Promise<ReadonlyMap<string, string>> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
  const pairs = await Promise.all(
    files.map(async (file) => [path.relative(directory, file), await readFile(file, "hex")] as const),
  );
  return new Map(pairs.sort());
}

describe("writeImageLayout", () => {
  it("writes the files of writeImageArchive byte for byte", async () => {
    const content = await sampleContent();
    const target = path.join(folder, "new", "layout");
    const { size } = await writeImageLayout(content, target);
    const reader = extract();
    const reading = (async () => {
      const files: [string, string][] = [];
      for await (const entry of reader) {
        const chunks: Uint8Array[] = [];
        for await (const chunk of entry as AsyncIterable<Uint8Array>) chunks.push(chunk);
        if (entry.header.type === "file")
          files.push([entry.header.name, Buffer.concat(chunks).toString("hex")]);
      }
      return new Map(files.sort());
    })();
    await writeImageArchive(content, (chunk) => void reader.write(Uint8Array.from(chunk)));
    reader.end(Buffer.alloc(0));
    const written = await filesOf(target);
    expect(written).toEqual(await reading);
    expect(size).toBe([...written.values()].join("").length / 2);
  });

  it.each(["one of ours", "an empty folder", "a link to a folder of ours"])("replaces %s", async (kind) => {
    const target = path.join(folder, "layout");
    if (kind === "an empty folder") await mkdir(target);
    else await writeImageLayout(await sampleContent(["docker.io/library/old:1"]), path.join(folder, "real"));
    if (kind !== "an empty folder") await symlink("real", target);
    await writeImageLayout(await sampleContent(), target);
    expect(await readFile(path.join(target, "manifest.json"), "utf8")).toContain("app:1.0");
    expect((await readdir(folder)).filter((name) => name.startsWith("."))).toEqual([]);
  });

  it.each([
    { name: "another program's layout", files: ["oci-layout", "index.json"] },
    {
      name: "a folder with something beside a layout",
      files: ["oci-layout", "index.json", "manifest.json", "blobs", "x"],
    },
    { name: "a project", files: ["package.json"] },
  ])("refuses $name and leaves it alone", async ({ files }) => {
    const target = path.join(folder, "layout");
    await mkdir(target);
    for (const file of files) await writeFile(path.join(target, file), "");
    await expect(writeImageLayout(await sampleContent(), target)).rejects.toSatisfy((error) =>
      isOciBuildError(error, "OCI_LAYOUT_OCCUPIED"),
    );
    expect((await readdir(target)).sort()).toEqual([...files].sort());
    expect(await readdir(folder)).toEqual(["layout"]);
  });

  it("refuses a file", async () => {
    await writeFile(path.join(folder, "layout"), "");
    await expect(writeImageLayout(await sampleContent(), path.join(folder, "layout"))).rejects.toSatisfy(
      (error) => isOciBuildError(error, "OCI_LAYOUT_OCCUPIED"),
    );
  });

  it("says so when it may not write there", async () => {
    await writeFile(path.join(folder, "file"), "");
    const target = path.join(folder, "file", "layout");
    await expect(writeImageLayout(await sampleContent(), target)).rejects.toMatchObject({
      code: "OCI_LAYOUT_UNWRITABLE",
      data: { directory: target, code: "ENOTDIR" },
    });
  });

  it("leaves the old layout and nothing else when a blob cannot be read", async () => {
    const target = path.join(folder, "layout");
    await writeImageLayout(await sampleContent(), target);
    const before = await filesOf(target);
    const content = await sampleContent(["docker.io/library/new:1"]);
    const [layer] = (await sampleLayout()).paths.layer.split("/").slice(-1);
    const failure = new Error("disk");
    const blobs: ImageContent["blobs"] = {
      async *read(digest) {
        if (digest.endsWith(layer ?? "")) throw failure;
        yield* content.blobs.read(digest);
      },
    };
    await expect(writeImageLayout({ ...content, blobs }, target)).rejects.toBe(failure);
    expect(await filesOf(target)).toEqual(before);
    expect(await readdir(folder)).toEqual(["layout"]);
  });

  it("stops with the reason of the signal and leaves nothing", async () => {
    const reason = new Error("enough");
    const target = path.join(folder, "layout");
    await expect(
      writeImageLayout(await sampleContent(), target, { signal: AbortSignal.abort(reason) }),
    ).rejects.toBe(reason);
    expect(await readdir(folder)).toEqual([]);
  });
});
