import fs from "node:fs";
import path from "node:path";
import { build } from "oci-build";
import { describe, expect, it } from "vitest";
import { variantProblem } from "../packages/executor/test/support/host-variants.js";
import { temporaryFolder, writeFiles } from "./support/build-folder.js";
import { unlessObstacle } from "./support/registry/obstacle.js";
import { type CommandResult, runOciBuild } from "./support/run-command.js";

const UID = 65534;
const problem = variantProblem("user without subordinate ids");

interface Home {
  readonly folder: string;
  readonly cache: string;
  readonly as: (uid: number, ...args: readonly string[]) => Promise<CommandResult>;
  /** Builds, and tells what became of the two steps. */
  readonly build: (uid: number, name: string) => Promise<readonly string[]>;
}

/** A folder of a user with a project, and what may be done there. */
function home(): Home {
  const folder = temporaryFolder();
  const context = path.join(folder, "context");
  writeFiles(context, { Dockerfile: "FROM scratch\nCOPY a /\nWORKDIR /w\n", a: "1" });
  fs.chmodSync(folder, 0o755);
  for (const place of [folder, context]) fs.chownSync(place, UID, UID);
  const cache = path.join(folder, ".cache/oci-build");
  const as = (uid: number, ...args: readonly string[]): Promise<CommandResult> =>
    runOciBuild([...args, "--cache-dir", cache], { cwd: folder, uid, env: { HOME: folder } });
  const build = async (uid: number, name: string): Promise<readonly string[]> => {
    const output = ["-o", `type=oci,dest=${path.join(folder, name)}.tar`];
    const { exitCode, stderr } = await as(uid, "build", "--progress", "rawjson", ...output, "context");
    expect([exitCode, stderr.includes("CACHE_")], stderr).toEqual([0, false]);
    return Array.from(
      stderr.matchAll(/"outcome":\{"status":"(executed|cached)"/g),
      ([, status = ""]) => status,
    );
  };
  return { folder, cache, as, build };
}

describe.skipIf(problem)(unlessObstacle("a store that a user and root use in turn", problem), () => {
  it.each([
    ["root", 0],
    ["the user", UID],
  ])("is as good for both when %s comes first", { timeout: 60_000 }, async (_, first) => {
    const { build, as, folder } = home();
    const second = first === 0 ? UID : 0;
    expect(await build(first, "one")).toEqual(["executed", "executed"]);
    expect(await build(second, "two")).toEqual(["cached", "cached"]);
    fs.writeFileSync(path.join(folder, "context/a"), "2");
    expect(await build(0, "three")).toEqual(["executed", "cached"]);
    expect(await build(UID, "four")).toEqual(["cached", "cached"]);
    for (const command of [["ls"], ["du"], ["verify"], ["prune", "--force", "--all"]]) {
      const { exitCode, stderr } = await as(UID, "cache", ...command);
      expect([exitCode, stderr], command.join()).toEqual([0, ""]);
    }
  });

  it("is left without a lease by a build that cannot begin", async () => {
    const { build: buildAs, cache, folder } = home();
    await buildAs(UID, "one");
    fs.writeFileSync(path.join(cache, "v1/unpacked"), "");
    const built = build({
      context: path.join(folder, "context"),
      cacheDir: cache,
      tags: ["a"],
      output: { type: "image" },
    });
    await expect(built).rejects.toMatchObject({ code: "CACHE_NOT_WRITABLE" });
    expect(fs.readdirSync(path.join(cache, "v1/leases"))).toEqual([]);
  });

  it("says who owns what is in the way, and what helps", async () => {
    const { build, as, cache, folder } = home();
    await build(UID, "one");
    const lock = path.join(cache, "v1/locks/records.7");
    fs.mkdirSync(lock, { mode: 0o700 });
    fs.writeFileSync(path.join(folder, "context/a"), "2");
    const { exitCode, stderr } = await as(UID, "build", "context");
    expect(exitCode).toBe(3);
    expect(stderr).toContain("EACCES (it belongs to user 0)");
    expect(stderr).toContain(`Remove ${lock} as that user`);
  });

  it("makes again what the user may not read", async () => {
    const { as, cache, folder } = home();
    const args = ["build", "-o", `type=oci,dest=${path.join(folder, "image.tar")}`, "context"];
    expect((await as(UID, ...args)).exitCode).toBe(0);
    for (const kind of ["records", "trees", "segments", "projects"]) {
      const files = path.join(cache, "v1", kind);
      for (const name of fs.readdirSync(files)) fs.chownSync(path.join(files, name), 0, 0);
    }
    const { exitCode, stderr } = await as(UID, ...args);
    expect([exitCode, stderr.includes("CACHE_ENTRY_CORRUPT")], stderr).toEqual([0, true]);
    expect((await as(UID, ...args)).stderr).not.toContain("CACHE_ENTRY_CORRUPT");
    // Layers with other times may have taken the places of some.
    await as(UID, "cache", "verify", "--repair");
    const { exitCode: verified, stdout } = await as(UID, "cache", "verify");
    expect(verified, stdout).toBe(0);
  });

  it("is pruned by the user but for what only root may look into", async () => {
    const { build, as, cache } = home();
    await build(0, "one");
    const unpacked = path.join(cache, "v1/unpacked");
    fs.mkdirSync(path.join(unpacked, "root", "a".repeat(64)), { recursive: true, mode: 0o700 });
    fs.chownSync(unpacked, UID, UID);
    const mount = path.join(cache, "v1/mounts", `${"b".repeat(64)}.0`);
    fs.mkdirSync(mount, { recursive: true, mode: 0o700 });
    fs.chownSync(path.dirname(mount), UID, UID);
    for (const command of [["du"], ["verify"], ["prune", "--force", "--all"]]) {
      const { exitCode, stderr } = await as(UID, "cache", ...command);
      expect(exitCode, stderr).toBe(0);
      for (const folder of [path.join(unpacked, "root"), mount]) {
        expect(stderr).toContain(`${folder} belongs to user 0: it is neither counted nor collected`);
      }
    }
    expect(fs.existsSync(mount)).toBe(true);
  });
});
