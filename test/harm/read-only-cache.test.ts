import fs from "node:fs";
import path from "node:path";
import { describe, expect, it, onTestFinished, type TestContext, vi } from "vitest";
import { currentProcess, formatIdentity } from "../../packages/cache/src/process/process-identity.js";
import { smallDisk } from "../../packages/cache/test/support/small-disk.js";
import { temporaryFolder, writeFiles } from "../support/build-folder.js";
import { type CommandResult, runOciBuild } from "../support/run-command.js";
import { filesOf } from "./support/damages.js";
import { buildAt, digestAlone, EPOCH, type Workplace } from "./support/harm-build.js";
import { sample, sized } from "./support/harm-size.js";
import { storeBytes } from "./support/store-bytes.js";

const MINUTE_MS = 60_000;
const timeout = 5 * MINUTE_MS;

const base = temporaryFolder();
const options = { dockerfile: { text: "FROM scratch\nWORKDIR /w\nCOPY a /w/\nCOPY . /all/\n" } };
let count = 0;

function newFolder(): string {
  count += 1;
  const folder = path.join(base, String(count));
  fs.mkdirSync(folder);
  return folder;
}

/** A cache of an earlier build on a disk that can only be read by now, and a temporary folder to watch. */
async function readOnlyCache(
  test: TestContext,
): Promise<{ place: Workplace & { readonly context: string }; temporary: string }> {
  const folder = newFolder();
  const disk = await smallDisk(test, { sizeKiB: 1024 });
  const [context, temporary] = [path.join(folder, "context"), path.join(folder, "temporary")];
  writeFiles(context, { "a/one.txt": "one", "b/two.txt": "two" });
  const place = { context, cacheDir: path.join(disk.folder, "cache"), dest: path.join(folder, "image.tar") };
  await buildAt(place, options);
  disk.makeReadOnly();
  fs.mkdirSync(temporary);
  vi.stubEnv("TMPDIR", temporary);
  onTestFinished(() => void vi.unstubAllEnvs());
  return { place, temporary };
}

describe("a cache on a disk that can only be read", () => {
  it("is used, with one warning, and stays as it is", async (test) => {
    const { place, temporary } = await readOnlyCache(test);
    const before = storeBytes(place.cacheDir);
    fs.rmSync(place.dest);
    const { digest, statuses, warnings } = await buildAt(place, options);
    expect({ statuses, warnings }).toEqual({
      statuses: "cached cached cached",
      warnings: ["CACHE_NOT_WRITABLE"],
    });
    expect(digest).toBe(await digestAlone(place.context, options));
    expect(storeBytes(place.cacheDir)).toEqual(before);
    expect(fs.readdirSync(temporary)).toEqual([]);
  });

  it("gives the right image of a context that changed", async (test) => {
    const { place, temporary } = await readOnlyCache(test);
    fs.writeFileSync(path.join(place.context, "b/two.txt"), "TWO");
    for (const round of ["first", "second"]) {
      const { digest, statuses } = await buildAt(place, options);
      expect(statuses, round).toBe("cached cached executed");
      expect(digest, round).toBe(await digestAlone(place.context, options));
    }
    expect(fs.readdirSync(temporary)).toEqual([]);
  });

  it("fails with CACHE_NOT_WRITABLE where there is no store yet", async (test) => {
    const { place } = await readOnlyCache(test);
    const elsewhere = { ...place, cacheDir: path.join(place.cacheDir, "../other") };
    const problem = { code: "CACHE_NOT_WRITABLE", exitCode: 3, hint: expect.stringContaining("--cache-dir") };
    await expect(buildAt(elsewhere, options)).rejects.toMatchObject(problem);
  });
});

/** The identity of a process of this machine that has ended. */
function deadOwner(): string {
  return formatIdentity({ ...currentProcess(), pid: 2 ** 22 + 1 });
}

/** Whom modes bind: root is bound by none, so it lets a process of nobody do it. */
const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;

interface Owned {
  readonly run: (env?: Record<string, string>) => Promise<CommandResult>;
  readonly store: string;
  readonly right: string;
}

/** A project and a cache of a normal user, who has built it. */
async function ownedCache(test: TestContext): Promise<Owned> {
  test.skip(process.platform === "win32", "Windows has no modes");
  const folder = newFolder();
  const [project, cacheDir] = [path.join(folder, "project"), path.join(folder, "cache")];
  writeFiles(project, {
    Dockerfile: "FROM scratch\nWORKDIR /w\nCOPY a /w/\nCOPY . /all/\n",
    "a/one.txt": "one",
    "b/two.txt": "two",
  });
  fs.mkdirSync(cacheDir);
  if (isRoot) {
    fs.chmodSync(base, 0o755);
    for (const made of [folder, project, cacheDir]) fs.chownSync(made, NOBODY, NOBODY);
  }
  const run = (env: Record<string, string> = {}): Promise<CommandResult> =>
    runOciBuild(["-q", "--cache-dir", cacheDir, "-o", `type=oci,dest=${folder}/image.tar`, "."], {
      cwd: project,
      env: { SOURCE_DATE_EPOCH: String(EPOCH), TMPDIR: folder, ...env },
      ...(isRoot ? { uid: NOBODY } : {}),
    });
  const { exitCode, stdout, stderr } = await run();
  expect([exitCode, stderr]).toEqual([0, ""]);
  return { run, store: path.join(cacheDir, "v1"), right: stdout };
}

describe("a cache whose modes forbid a normal user", () => {
  it("to write is used, and stays as it is", { timeout }, async (test) => {
    const { run, store, right } = await ownedCache(test);
    setModes(store, { folder: 0o500, file: 0o400 });
    const before = storeBytes(store);
    expect(await run()).toMatchObject({ exitCode: 0, stdout: right });
    expect(storeBytes(store)).toEqual(before);
    setModes(store, { folder: 0o700, file: 0o600 });
  });

  it("to write is used beside what another user's killed build has left", { timeout }, async (test) => {
    test.skip(!isRoot, "needs the files of two users");
    const { run, store, right } = await ownedCache(test);
    setModes(store, { folder: 0o500, file: 0o400 });
    const temporary = newFolder();
    fs.chmodSync(temporary, 0o1777);
    const dead = `${deadOwner()}-${"0".repeat(16)}`;
    writeFiles(temporary, { [`oci-build-${dead}/v1/`]: "" });
    fs.chmodSync(path.join(temporary, `oci-build-${dead}`), 0o700);
    expect(await run({ TMPDIR: temporary })).toMatchObject({ exitCode: 0, stdout: right });
    expect(fs.readdirSync(temporary)).toEqual([`oci-build-${dead}`]);
  });

  it("to read any one of its files gives the right image, or a clear error", { timeout }, async (test) => {
    const { run, store, right } = await ownedCache(test);
    const files = filesOf(store);
    for (const index of sample(files.length, sized({ quick: 6, full: 1 }))) {
      const file = path.join(store, files[index] ?? "");
      fs.chmodSync(file, 0o000);
      const { exitCode, stdout, stderr } = await run();
      const outcome = exitCode === 0 ? stdout : `${exitCode} ${/[A-Z]+_[A-Z_]+/.exec(stderr)?.[0]}`;
      expect([right, "3 CACHE_NOT_WRITABLE", "3 CACHE_IO_FAILED"], `${files[index]}: ${stderr}`).toContain(
        outcome,
      );
      if (fs.existsSync(file)) fs.chmodSync(file, 0o600);
    }
    expect(await run()).toMatchObject({ exitCode: 0, stdout: right });
  });

  it("to look into any one of its folders gives the right image, or a clear error", {
    timeout,
  }, async (test) => {
    const { run, store, right } = await ownedCache(test);
    const names = fs.readdirSync(store).filter((name) => fs.statSync(path.join(store, name)).isDirectory());
    for (const index of sample(names.length, sized({ quick: 3, full: 1 }))) {
      const name = names[index] ?? "";
      fs.chmodSync(path.join(store, name), 0o000);
      const { exitCode, stdout, stderr } = await run();
      const outcome = exitCode === 0 ? stdout : `${exitCode} ${/[A-Z]+_[A-Z_]+/.exec(stderr)?.[0]}`;
      expect([right, "3 CACHE_NOT_WRITABLE", "3 CACHE_IO_FAILED"], `${name}: ${stderr}`).toContain(outcome);
      fs.chmodSync(path.join(store, name), 0o700);
    }
    expect(await run()).toMatchObject({ exitCode: 0, stdout: right });
  });
});

function setModes(folder: string, modes: { readonly folder: number; readonly file: number }): void {
  for (const name of [".", ...fs.readdirSync(folder, { recursive: true, encoding: "utf8" })]) {
    const file = path.join(folder, name);
    fs.chmodSync(file, fs.statSync(file).isDirectory() ? modes.folder : modes.file);
  }
}
