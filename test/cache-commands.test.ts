import fs from "node:fs";
import path from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { temporaryFolder, writeFiles } from "./support/build-folder.js";
import { type CommandResult, runOciBuild } from "./support/run-command.js";

const base = temporaryFolder();
let count = 0;
let app: string;
let cacheDir: string;

beforeEach(() => {
  count += 1;
  app = path.join(base, `app${count}`);
  cacheDir = path.join(base, `cache${count}`);
  writeFiles(app, {
    Dockerfile: "FROM scratch\nWORKDIR /app\nCOPY a.txt ./\n",
    "a.txt": "a",
  });
});

function run(...args: readonly string[]): Promise<CommandResult> {
  // With an epoch, a step that is run again gives the same image in another second, too.
  const env = { OCI_BUILD_CACHE_DIR: cacheDir, SOURCE_DATE_EPOCH: "1000000000" };
  return runOciBuild(args, { cwd: app, env });
}

function build(): Promise<CommandResult> {
  return run("build", "-t", "app:1", "-o", "type=oci,dest=../app.tar", "--progress", "plain", ".");
}

interface Usage {
  readonly records: readonly { readonly stepName: string; readonly tags: readonly string[] }[];
  readonly projects: readonly { readonly project: { readonly context: string } }[];
}

async function usage(): Promise<Usage> {
  return JSON.parse((await run("cache", "du", "--format", "json")).stdout) as Usage;
}

describe("oci-build cache", () => {
  it("tells whose the records of builds are", async () => {
    await build();
    const { records, projects } = await usage();
    expect(records.map(({ stepName }) => stepName).sort()).toEqual([
      "[1/2] WORKDIR /app",
      "[2/2] COPY a.txt ./",
    ]);
    for (const { tags } of records) expect(tags).toEqual(["docker.io/library/app:1"]);
    expect(projects.map(({ project }) => project.context)).toEqual([app]);
  });

  it("keeps what the last build used, and takes what it did not", async () => {
    await build();
    fs.writeFileSync(path.join(app, "a.txt"), "b");
    await build();
    makeOld();
    const { exitCode, stdout } = await run("cache", "prune");
    expect(exitCode).toBe(0);
    expect(stdout.match(/dangling/g)).toHaveLength(1);
    expect((await build()).stderr.match(/CACHED/g)).toHaveLength(2);
    fs.writeFileSync(path.join(app, "a.txt"), "a");
    expect((await build()).stderr.match(/CACHED/g)).toHaveLength(1);
  });

  it("keeps the record of an image without steps, which has the image's time, with its project", async () => {
    fs.writeFileSync(path.join(app, "Dockerfile"), "FROM scratch\nENV A=1\n");
    await build();
    makeOld();
    expect((await run("cache", "prune")).stdout).not.toContain("dangling");
    const { records } = await usage();
    expect(records).toMatchObject([{ stepName: "image", tags: ["docker.io/library/app:1"] }]);
    const { lastBuild } = JSON.parse((await run("explain", "--json", ".")).stdout) as {
      lastBuild: { steps: unknown };
    };
    expect(lastBuild.steps).toEqual([]);
    await run("cache", "prune", "--filter", "project=.");
    expect((await usage()).records).toEqual([]);
  });

  it("takes what a project alone uses, named from its own folder or by its tag", async () => {
    for (const filter of ["project=.", "tag=app:1"]) {
      await build();
      makeOld();
      await run("cache", "prune", "--filter", filter);
      expect((await usage()).records).toEqual([]);
      expect((await build()).stderr).not.toContain("CACHED");
    }
  });

  it("finds a damaged blob, forgets it with --repair, and the next build makes it again", async () => {
    const first = await build();
    const blobs = path.join(cacheDir, "v1", "blobs", "sha256");
    const [name = ""] = fs.readdirSync(blobs);
    fs.appendFileSync(path.join(blobs, name), "x");
    const found = await run("cache", "verify");
    expect(found).toMatchObject({ exitCode: 1, stderr: "" });
    expect(found.stdout).toContain(`blob blobs/sha256/${name}: `);
    expect((await run("cache", "verify", "--repair")).exitCode).toBe(1);
    expect((await run("cache", "verify")).exitCode).toBe(0);
    expect((await build()).stdout).toBe(first.stdout);
    expect(fs.existsSync(path.join(blobs, name))).toBe(true);
  });

  it("builds the folder of its name when it is given as a path", async () => {
    fs.renameSync(app, `${app}-moved`);
    fs.mkdirSync(app);
    fs.renameSync(`${app}-moved`, path.join(app, "cache"));
    expect((await run("-o", "type=oci,dest=../app.tar", "./cache")).exitCode).toBe(0);
  });
});

/** As if everything in the cache had been written and used two hours ago. */
function makeOld(): void {
  const sec = Date.now() / 1000 - 7_200;
  for (const folder of ["records", "trees", "segments", "blobs/sha256", "projects", "indexes"]) {
    const parent = path.join(cacheDir, "v1", folder);
    if (!fs.existsSync(parent)) continue;
    for (const name of fs.readdirSync(parent)) fs.utimesSync(path.join(parent, name), sec, sec);
  }
}
