import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { temporaryFolder, writeFiles } from "./support/build-folder.js";
import { layerLines, readImage } from "./support/image-lines.js";
import { runOciBuild } from "./support/run-command.js";
import { hasTool, runTool } from "./support/tools.js";

const GIB = 1024 ** 3;
/** Above what an octal size of a tar header holds. */
const SIZE = 9 * GIB;
const MINUTE_MS = 60_000;
const isFull = process.env["OCI_BUILD_TEST_SIZE"] === "full";

describe.skipIf(!isFull)("a context file of 9 GiB (skipped: only with OCI_BUILD_TEST_SIZE=full)", () => {
  let base = "";
  const app = (): string => path.join(base, "app");
  const image = (): string => path.join(base, "app.oci.tar");

  // Where all tests of a file are skipped no hook runs, so nothing would remove a folder that was made before.
  beforeAll(() => {
    base = temporaryFolder();
  });

  it(
    "is built into an image that stands up to the validator",
    async () => {
      writeFiles(app(), { Dockerfile: "FROM scratch\nCOPY big /\n", big: "" });
      fs.truncateSync(path.join(app(), "big"), SIZE);
      const { exitCode, stderr } = await runOciBuild([".", "-o", `type=oci,dest=${image()}`], {
        cwd: app(),
        env: { OCI_BUILD_CACHE_DIR: path.join(base, "cache") },
      });
      expect([exitCode, stderr]).toEqual([0, expect.stringContaining("DONE")]);
      expect((await readImage(image())).layers.map(layerLines)).toEqual([[`file big 0644 ${SIZE}`]]);
    },
    20 * MINUTE_MS,
  );

  it("has its size in GNU tar's eyes", { timeout: 10 * MINUTE_MS }, () => {
    const [layer] = layerFiles(image(), path.join(base, "layout"));
    const listed = spawnSync("sh", ["-c", 'gzip -dc "$1" | tar -tv', "sh", layer ?? ""], {
      encoding: "utf8",
    });
    expect([listed.status, listed.stderr]).toEqual([0, ""]);
    expect(listed.stdout.split(/\s+/)[2]).toBe(String(SIZE));
  });

  it.skipIf(!hasTool("skopeo"))(
    "is copied by skopeo, which checks every digest (skipped without skopeo)",
    { timeout: 10 * MINUTE_MS },
    () => {
      runTool("skopeo", ["copy", "--quiet", `oci-archive:${image()}`, `dir:${path.join(base, "copied")}`]);
      const inspected = JSON.parse(runTool("skopeo", ["inspect", `oci-archive:${image()}`])) as {
        Layers: unknown[];
      };
      expect(inspected.Layers).toHaveLength(1);
    },
  );
});

/** The layers of the only image of an archive, which is unpacked for it. */
function layerFiles(archive: string, folder: string): readonly string[] {
  fs.mkdirSync(folder);
  runTool("tar", ["-xf", archive, "-C", folder]);
  const manifests = JSON.parse(fs.readFileSync(path.join(folder, "manifest.json"), "utf8")) as {
    Layers: string[];
  }[];
  return (manifests[0]?.Layers ?? []).map((layer) => path.join(folder, layer));
}
