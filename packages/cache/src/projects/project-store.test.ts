import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { digestOf, type OciBuildError, parseContentDigest, parseDiffId } from "@oci-build/oci";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../../test/support/temporary-folder.js";
import { type BuildLog, type Cache, keyField, openCache, stepKey } from "../index.js";
import { EARLIER_KEYS_MAX, PROJECT_MAX_BYTES } from "./project-store.js";

describe("lastBuild", () => {
  it("gives what was logged last, also to another opener of the store", async () => {
    const { cache, dir } = await opened();
    await cache.logBuild(logOf("app", "one"));
    await cache.logBuild(logOf("app", "two"));
    expect(await cache.lastBuild("app")).toEqual(logOf("app", "two"));
    expect(await (await openCache({ dir })).lastBuild("app")).toEqual(logOf("app", "two"));
  });

  it("is undefined for a project that was never built, without a warning", async () => {
    const { cache, warnings } = await opened();
    await cache.logBuild(logOf("app", "one"));
    expect(await cache.lastBuild("other")).toBeUndefined();
    expect(warnings).toEqual([]);
  });

  it("is undefined with a warning when the log is damaged, or another project's", async () => {
    const { cache, warnings } = await opened();
    await cache.logBuild(logOf("app", "one"));
    const app = await fileOf(cache);
    await cache.logBuild(logOf("other", "one"));
    await writeFile(await fileOf(cache, app), await readFile(app));
    expect(await cache.lastBuild("other")).toBeUndefined();
    await writeFile(app, "damaged");
    expect(await cache.lastBuild("app")).toBeUndefined();
    expect(warnings.map(({ code }) => code)).toEqual(["CACHE_ENTRY_CORRUPT", "CACHE_ENTRY_CORRUPT"]);
  });
});

describe("logBuild", () => {
  it("never writes a secret's value, and lets only the owner read the rest", async () => {
    const { cache } = await opened();
    const key = stepKey([keyField("env", "pair-list", [["NPM_TOKEN", "hunter2"]])]);
    const [step] = logOf("app", "one").steps;
    if (step === undefined) throw new Error("no step");
    await cache.logBuild({
      ...logOf("app", "one"),
      steps: [{ ...step, key: key.digest, fields: key.fields }],
    });
    expect(await readFile(await fileOf(cache), "latin1")).not.toContain("hunter2");
    if (process.platform !== "win32") expect((await stat(await fileOf(cache))).mode & 0o777).toBe(0o600);
  });

  it("keeps no log over the limit, and says so", async () => {
    const { cache, warnings } = await opened();
    await cache.logBuild({ ...logOf("app", "one"), tags: ["t".repeat(PROJECT_MAX_BYTES)] });
    expect(await cache.lastBuild("app")).toBeUndefined();
    expect(warnings.map(({ code }) => code)).toEqual(["CACHE_ENTRY_TOO_LARGE"]);
  });
});

describe("projects", () => {
  it("lists each project once, with the keys of its earlier builds, newest first", async () => {
    const { cache } = await opened();
    for (const text of ["one", "two", "three"]) await cache.logBuild(logOf("app", text));
    await cache.logBuild(logOf("app", "two"));
    await cache.logBuild(logOf("other", "one"));
    const projects = new Map((await cache.projects()).map((log) => [log.lastBuild.project.id, log]));
    expect([...projects.keys()].sort()).toEqual(["app", "other"]);
    expect(projects.get("app")?.earlierKeys).toEqual([keyOf("three").digest, keyOf("one").digest]);
    expect(projects.get("other")?.earlierKeys).toEqual([]);
  });

  it("forgets the oldest keys of a project that is built without end", async () => {
    const { cache } = await opened();
    const [step] = logOf("app", "x").steps;
    if (step === undefined) throw new Error("no step");
    const many = Array.from({ length: EARLIER_KEYS_MAX + 5 }, (_, index) => ({
      ...step,
      key: digestOf(String(index)),
    }));
    await cache.logBuild({ ...logOf("app", "x"), steps: many });
    await cache.logBuild(logOf("app", "x"));
    const [log] = await cache.projects();
    expect(log?.earlierKeys).toEqual(many.slice(0, EARLIER_KEYS_MAX).map(({ key }) => key));
  });
});

async function opened(): Promise<{ cache: Cache; dir: string; warnings: readonly OciBuildError[] }> {
  const dir = await temporaryFolder();
  const warnings: OciBuildError[] = [];
  const cache = await openCache({ dir, onWarning: (warning) => void warnings.push(warning) });
  return { cache, dir, warnings };
}

function keyOf(text: string): ReturnType<typeof stepKey> {
  return stepKey([keyField("content", "digest", digestOf(text))]);
}

function logOf(id: string, text: string): BuildLog {
  const key = keyOf(text);
  return {
    project: {
      id,
      context: "/src/app",
      dockerfile: "Dockerfile",
      target: undefined,
      platform: "linux/amd64",
    },
    builtSec: 1_800_000_000,
    tags: ["docker.io/library/app:latest"],
    steps: [
      {
        id: "0:1",
        stage: "build",
        name: "[build 1/1] COPY . .",
        key: key.digest,
        fields: key.fields,
        contentDigest: parseContentDigest(digestOf(text)),
        layers: [{ digest: digestOf(`blob ${text}`), diffId: parseDiffId(digestOf(`tar ${text}`)) }],
      },
    ],
  };
}

/** The project file that is not `other`. */
async function fileOf(cache: Cache, other?: string): Promise<string> {
  const folder = join(cache.root, "projects");
  const files = (await readdir(folder)).map((name) => join(folder, name));
  const [file] = files.filter((name) => name !== other);
  if (file === undefined) throw new Error("no project file");
  return file;
}
