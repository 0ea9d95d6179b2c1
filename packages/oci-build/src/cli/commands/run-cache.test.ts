import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { type Cache, keyField, openCache, stepKey } from "@oci-build/cache";
import { digestHex, digestOf } from "@oci-build/oci";
import { describe, expect, it, onTestFinished } from "vitest";
import type { CliProcess } from "../terminal.js";
import { runCache } from "./run-cache.js";

const TWO_HOURS_SEC = 7_200;

describe("oci-build cache", () => {
  it("shows its commands when it is asked to, and when it is not told which", async () => {
    expect(await run(["--help"])).toMatchObject({ exitCode: 0, stderr: "" });
    expect((await run(["--help"])).stdout).toMatch(/du.*\n.*ls.*\n.*prune.*\n.*verify/);
    expect(await run([])).toMatchObject({ exitCode: 2, stdout: "" });
    expect((await run(["clean"])).stderr).toContain("unknown command 'cache clean'");
  });

  it.each(["du", "ls", "prune", "verify"])(
    "has help for %s, and refuses flags that it does not know",
    async (name) => {
      const help = await run([name, "--help"]);
      expect(help).toMatchObject({ exitCode: 0, stderr: "" });
      expect(help.stdout).toContain("--cache-dir");
      expect(await run([name, "--nope"])).toMatchObject({ exitCode: 2, stdout: "" });
    },
  );

  it("takes the folder from the environment", async () => {
    const { dir } = await filledCache();
    const { stdout } = await run(["ls"], { env: { OCI_BUILD_CACHE_DIR: dir } });
    expect(stdout).toContain("COPY a .");
  });

  it("ends with 3 when the folder is no folder", async () => {
    const { dir } = await filledCache();
    writeFileSync(join(dir, "file"), "");
    const { exitCode, stderr } = await run(["du", "--cache-dir", join(dir, "file")]);
    expect(exitCode).toBe(3);
    expect(stderr).toContain("[CACHE_NOT_WRITABLE]");
  });

  it.each<[string, RegExp]>([
    ["du", /\nTotal: +0 B\n$/],
    ["ls", /^ID +SIZE +LAST USED +PROJECT +STEP\n$/],
    ["prune", /^Reclaimed 0 B; the cache takes 0 B\n$/],
    ["verify", /^0 files read \(0 B\): none is damaged\n$/],
  ])("says that there is no cache, and makes none: %s", async (name, answer) => {
    const dir = join(temporaryFolder(), "typo");
    const { exitCode, stdout, stderr } = await run([name, "--cache-dir", dir]);
    expect({ exitCode, stderr }).toEqual({
      exitCode: 0,
      stderr: `warning: there is no cache at ${dir} [CACHE_MISSING]\n`,
    });
    expect(stdout).toMatch(answer);
    expect((await run([name, "--format", "json", "--cache-dir", dir])).stdout).toMatch(/^[[{]/);
    expect(existsSync(dir)).toBe(false);
  });
});

describe("oci-build cache du", () => {
  it("shows each kind, each project and the sums", async () => {
    const { dir } = await filledCache();
    const { exitCode, stdout } = await run(["du", "--cache-dir", dir]);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^TYPE +COUNT +SIZE\n/);
    expect(stdout).toMatch(/\nRecords +2 +\S+ kB\n/);
    expect(stdout).toMatch(/\nPROJECT +RECORDS +SIZE +LAST BUILT\n\/src\/app +1 +\S+ kB +\S/);
    expect(stdout).toMatch(/\nTotal: +\S+ kB\n$/);
  });

  it("shows every record with --verbose, and JSON when asked for", async () => {
    const { dir, cache } = await filledCache();
    const { stdout } = await run(["du", "--verbose", "--cache-dir", dir]);
    expect(stdout).toMatch(/\nStep: +COPY a \.\n/);
    expect(stdout).toMatch(/\nProject: +\/src\/app\n/);
    const json = JSON.parse((await run(["du", "--format", "json", "--cache-dir", dir])).stdout);
    expect(json).toEqual(JSON.parse(JSON.stringify(await cache.usage())));
  });
});

describe("oci-build cache ls", () => {
  it("lists records in columns, without control characters of their names", async () => {
    const { dir } = await filledCache();
    const { stdout } = await run(["ls", "--cache-dir", dir]);
    expect(stdout).toMatch(/^ID +SIZE +LAST USED +PROJECT +STEP\n/);
    expect(stdout).toMatch(/\n[0-9a-f]{12} +\S+ kB +2 hours ago +\/src\/app +COPY a \.\n/);
    expect(stdout).not.toContain("\u001b");
  });

  it("shows whole digests with --no-trunc", async () => {
    const { dir } = await filledCache();
    expect((await run(["ls", "--no-trunc", "--cache-dir", dir])).stdout).toContain(keyOf("a").digest);
  });
});

describe("oci-build cache prune", () => {
  it("removes what is dangling without asking where there is no terminal", async () => {
    const { dir, cache } = await filledCache();
    const { exitCode, stdout, stderr } = await run(["prune", "--cache-dir", dir]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toMatch(/\n[0-9a-f]{12} +\S+ kB +2 hours ago +dangling +COPY b\\x1b\[31m \.\n/);
    expect(stdout).toMatch(/\nReclaimed \S+ kB; the cache takes \S+ kB\n$/);
    expect((await cache.usage()).records).toHaveLength(1);
  });

  it.each([
    [1, "1 file that nothing needs"],
    [2, "2 files that nothing needs"],
  ])("says of %i leftover how many it is", async (count, words) => {
    const { dir, cache } = await filledCache();
    for (let index = 0; index < count; index++) {
      const path = join(cache.root, "blobs", "sha256", digestHex(digestOf(String(index))));
      writeFileSync(path, "");
      utimesSync(path, 0, 0);
    }
    expect((await run(["prune", "--cache-dir", dir])).stdout).toMatch(
      new RegExp(`^Removed ${words} \\(0 B\\)$`, "m"),
    );
  });

  it("removes nothing in a dry run", async () => {
    const { dir, cache } = await filledCache();
    const { stdout } = await run(["prune", "--all", "--dry-run", "--cache-dir", dir]);
    expect(stdout).toMatch(/\nWould reclaim \S+ kB; the cache would take \S+ kB\n$/);
    expect((await cache.usage()).records).toHaveLength(2);
  });

  it.each([
    ["y", 0],
    ["YES", 0],
    ["n", 2],
    ["", 2],
    [undefined, 2],
  ] as const)("asks on a terminal, and of the answer %s leaves %s records", async (answer, left) => {
    const { dir, cache } = await filledCache();
    const input = answer === undefined ? "" : `${answer}\n`;
    const { exitCode, stderr } = await run(["prune", "-a", "--cache-dir", dir], { input, terminal: "yes" });
    expect(exitCode).toBe(0);
    expect(stderr).toContain("[y/N]");
    expect((await cache.usage()).records).toHaveLength(left);
  });

  it("ends as after SIGINT when the question is answered with Ctrl-C", async () => {
    const { dir, cache } = await filledCache();
    const { exitCode, stderr } = await run(["prune", "-a", "--cache-dir", dir], {
      input: "y\u0003",
      terminal: "yes",
    });
    expect([exitCode, stderr]).toEqual([130, expect.stringContaining("Nothing was removed.")]);
    expect((await cache.usage()).records).toHaveLength(2);
  });

  it.each([
    [[], "what no last build uses"],
    [["--all"], "the whole cache"],
    [["--all", "--filter", "until=1h"], "what the filters and limits name"],
    [["--max-used-space", "1GB"], "what the filters and limits name"],
  ])("says what it is about to remove, with %j %s", async (flags, what) => {
    const { dir } = await filledCache();
    const { stderr } = await run(["prune", ...flags, "--cache-dir", dir], { input: "n\n", terminal: "yes" });
    expect(stderr).toContain(`This removes ${what}. Continue?`);
  });

  it("says how many records it kept, and why", async () => {
    const { dir, cache } = await filledCache();
    await using _ = await cache.lease();
    await cache.lookUp(keyOf("a"));
    const args = ["prune", "--all", "--dry-run", "--cache-dir", dir];
    expect((await run(args)).stdout).toContain("Kept 1 record that is in use by a running build\n");
    await cache.lookUp(keyOf("b"));
    expect((await run(args)).stdout).toContain("Kept 2 records that are in use by a running build\n");
  });

  it("does not ask with --force", async () => {
    const { dir } = await filledCache();
    const { stdout, stderr } = await run(["prune", "-af", "--format", "json", "--cache-dir", dir], {
      terminal: "yes",
    });
    expect(stderr).toBe("");
    expect(JSON.parse(stdout).records).toHaveLength(2);
  });

  it("ends with 2 for a filter that it does not know", async () => {
    const { dir } = await filledCache();
    const { exitCode, stderr } = await run(["prune", "--filter", "color=red", "--cache-dir", dir]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain("[OPTION_INVALID]");
  });
});

describe("oci-build cache verify", () => {
  it("ends with 0 when nothing is damaged", async () => {
    const { dir } = await filledCache();
    expect(await run(["verify", "--cache-dir", dir])).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/^4 files read \(\S+ kB\): none is damaged\n$/),
      stderr: "",
    });
  });

  it("ends with 1 when something is, and mends it with --repair", async () => {
    const { dir, cache } = await filledCache();
    const record = join(cache.root, "records", keyOf("a").digest.slice(7));
    writeFileSync(record, "damaged");
    const found = await run(["verify", "--cache-dir", dir]);
    expect(found.exitCode).toBe(1);
    expect(found.stdout).toMatch(/^record records\/[0-9a-f]{64}: .*\n4 files read \(.*\): 1 damaged\n$/);
    const mended = await run(["verify", "--repair", "--cache-dir", dir]);
    expect(mended).toMatchObject({
      exitCode: 1,
      stdout: expect.stringContaining("1 damaged and forgotten\n"),
    });
    expect((await run(["verify", "--format", "json", "--cache-dir", dir])).exitCode).toBe(0);
  });
});

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "oci-build-cli-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A cache with the records a, of project /src/app, and b, of nobody; all of it is two hours old. */
async function filledCache(): Promise<{ readonly dir: string; readonly cache: Cache }> {
  const dir = temporaryFolder();
  const cache = await openCache({ dir });
  await cache.record(keyOf("a"), { stepName: "COPY a ." });
  await cache.record(keyOf("b"), { stepName: "COPY b\u001b[31m ." });
  const { digest: key, fields } = keyOf("a");
  const step = { id: "1", stage: undefined, name: "COPY a .", key, fields };
  const platform = "linux/amd64";
  await cache.logBuild({
    project: { id: "app", context: "/src/app", dockerfile: "Dockerfile", target: undefined, platform },
    builtSec: Math.floor(Date.now() / 1000),
    tags: [],
    steps: [{ ...step, contentDigest: undefined, layers: [] }],
  });
  for (const name of readdirSync(join(cache.root, "records"))) {
    const path = join(cache.root, "records", name);
    const sec = statSync(path).mtimeMs / 1000 - TWO_HOURS_SEC;
    utimesSync(path, sec, sec);
  }
  return { dir, cache };
}

function keyOf(text: string): ReturnType<typeof stepKey> {
  return stepKey([keyField("content", "digest", digestOf(text))]);
}

interface RunOptions {
  readonly env?: CliProcess["env"];
  readonly input?: string;
  readonly terminal?: "yes" | "no";
}

/** Runs a command on streams of its own. */
async function run(
  args: readonly string[],
  { env = {}, input = "", terminal = "no" }: RunOptions = {},
): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  if (terminal === "yes") for (const stream of [stdin, stderr]) Object.assign(stream, { isTTY: true });
  stdin.end(input);
  const process: CliProcess = { stdin, stdout, stderr, env, on: () => undefined, off: () => undefined };
  const exitCode = await runCache(args, process);
  const text = (stream: PassThrough): string => String(stream.read() ?? "");
  return { exitCode, stdout: text(stdout), stderr: text(stderr) };
}
