import fs from "node:fs";
import path from "node:path";
import { openCache } from "@oci-build/cache";
import { digestHex, isOciBuildError } from "@oci-build/oci";
import { describe, expect, it } from "vitest";
import { explanationsOf, project, told } from "../../test/support/explained-project.js";
import type { BuildEvent } from "../events/build-event.js";
import type { BuildOptions } from "../options/build-options.js";
import type { BuildResult } from "../options/build-result.js";

const HOUR_MS = 3_600_000;

const FILES = { a: "1", b: "2" };
const LINES = [
  "FROM scratch AS base",
  "COPY a /",
  "FROM scratch",
  "COPY --from=base /a /x/",
  "COPY b /",
] as const;

/** Everything that a folder's files hold, as text. */
function textBelow(folder: string): string {
  const files = fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile());
  return files
    .map(({ parentPath, name }) => fs.readFileSync(path.join(parentPath, name), "latin1"))
    .join("\n");
}

async function collectAll(dir: string): Promise<void> {
  const cache = await openCache({ dir, now: () => Date.now() + 2 * HOUR_MS });
  await cache.prune({ scope: "all" });
}

describe("what the cache says of a step", () => {
  it("is a first build where no earlier one is known", async () => {
    const { build } = project(FILES);
    const steps = explanationsOf(await build(LINES));
    expect(told(steps)).toEqual([
      "COPY a /: first build of this step",
      "COPY --from=base /a /x/: first build of this step",
      "COPY b /: first build of this step",
    ]);
    expect(steps.map(({ id, stage, verdict }) => `${id} ${stage} ${verdict}`)).toEqual([
      "0.1 base miss",
      "1.1 stage-1 miss",
      "1.2 stage-1 miss",
    ]);
  });

  it("knows a project by its context, Dockerfile, target and platform", async () => {
    const { build } = project(FILES);
    await build(LINES, { platform: "linux/amd64" });
    const other = await build([...LINES, "COPY b /c"], { platform: "linux/arm64" });
    expect(told(explanationsOf(other))).toEqual(["COPY b /c: first build of this step"]);
  });

  it("names the day and the reason when a record was collected", async () => {
    const { build, cacheDir } = project(FILES);
    await build(LINES);
    await collectAll(cacheDir);
    const day = new Date(Date.now() + 2 * HOUR_MS).toISOString().slice(0, 10);
    const [first] = told(explanationsOf(await build(LINES)));
    expect(first).toBe(`COPY a /: record was collected on ${day} (everything was pruned)`);
  });

  it("says that a record is gone which nobody collected", async () => {
    const { build, cacheDir } = project(FILES);
    const { steps } = await build(LINES);
    const key = steps[2]?.explanation?.key;
    if (key === undefined) throw new Error("no key");
    fs.rmSync(path.join(cacheDir, "v1/records", digestHex(key)));
    expect(told(explanationsOf(await build(LINES)))).toEqual([
      "COPY b /: nothing changed, but the cache has no record of it any more",
    ]);
  });

  it("says that a record is damaged", async () => {
    const { build, cacheDir } = project(FILES);
    const { steps } = await build(LINES);
    const key = steps[2]?.explanation?.key;
    if (key === undefined) throw new Error("no key");
    fs.appendFileSync(path.join(cacheDir, "v1/records", digestHex(key)), "x");
    expect(told(explanationsOf(await build(LINES)))).toEqual(["COPY b /: record damaged"]);
  });

  it.each(["blobs/sha256", "segments"])(
    "says that a layer is damaged when its file in %s is gone",
    async (folder) => {
      const { build, cacheDir } = project(FILES);
      const { steps } = await build(LINES);
      const layer = steps[2]?.layer;
      if (layer === undefined) throw new Error("no layer");
      fs.rmSync(path.join(cacheDir, "v1", folder, digestHex(layer.digest)));
      expect(told(explanationsOf(await build(LINES)))).toEqual([
        "COPY b /: record damaged: its layer cannot be read",
      ]);
    },
  );

  it("says so when the files of the last build are not known any more", async () => {
    const { build, volume, cacheDir } = project(FILES);
    const { steps } = await build(LINES);
    const layer = steps[2]?.layer;
    if (layer === undefined) throw new Error("no layer");
    fs.rmSync(path.join(cacheDir, "v1/trees", digestHex(layer.diffId)));
    volume.writeFileSync("/ctx/b", "3");
    expect(told(explanationsOf(await build(LINES)))).toEqual([
      "COPY b /: what it wrote changed; the files of the last build are not known any more",
    ]);
  });

  it("explains nothing, and compares nothing, unless it is asked to", async () => {
    const { build } = project(FILES);
    const { steps } = await build(LINES, { explain: false });
    expect(steps.map(({ explanation }) => explanation)).toEqual([undefined, undefined, undefined]);
  });
});

describe("failOnCacheMiss", () => {
  const failing = async (built: Promise<BuildResult>): Promise<{ code: string; data: unknown }> => {
    try {
      await built;
    } catch (error) {
      if (isOciBuildError(error)) return { code: error.code, data: error.data };
      throw error;
    }
    throw new Error("the build did not fail");
  };

  it("builds where all steps are in the cache", async () => {
    const { build } = project(FILES);
    await build(LINES);
    const { steps } = await build(LINES, { failOnCacheMiss: true });
    expect(steps.map(({ status }) => status)).toEqual(["cached", "cached", "cached"]);
  });

  it("ends the build before a step that misses is executed, with its place and why", async () => {
    const { build, volume } = project(FILES);
    await build(LINES);
    volume.writeFileSync("/ctx/b", "3");
    const events: BuildEvent[] = [];
    const onEvent = (event: BuildEvent): void => void events.push(event);
    const options: BuildOptions = { failOnCacheMiss: true, explain: false, onEvent };
    const { code, data } = await failing(build(LINES, options));
    expect(code).toBe("BUILD_CACHE_MISS");
    expect(data).toMatchObject({
      stage: "stage-1",
      instruction: "COPY b /",
      explanation: { verdict: "miss", reasons: [{ kind: "files", count: 1 }] },
      place: { span: { start: { line: 5 } } },
    });
    expect(events.filter(({ type }) => type === "output.started")).toEqual([]);
    expect(told(explanationsOf(await build(LINES)))).toEqual(["COPY b /: 1 file changed: b (content)"]);
  });

  it.each(["base", "BASE", "0", "stage-0"])("looks at the one stage %s", async (stage) => {
    const { build, volume } = project(FILES);
    await build(LINES);
    volume.writeFileSync("/ctx/b", "3");
    await build(LINES, { failOnCacheMiss: { stage } });
    volume.writeFileSync("/ctx/a", "3");
    expect((await failing(build(LINES, { failOnCacheMiss: { stage } }))).code).toBe("BUILD_CACHE_MISS");
  });

  it("refuses a stage that does not exist, and --no-cache", async () => {
    const { build } = project(FILES);
    expect((await failing(build(LINES, { failOnCacheMiss: { stage: "bse" } }))).code).toBe(
      "BUILD_TARGET_MISSING",
    );
    expect((await failing(build(LINES, { failOnCacheMiss: true, noCache: true }))).code).toBe(
      "OPTION_INVALID",
    );
  });
});

describe("a secret in a build argument", () => {
  const lines = [
    "FROM scratch",
    "ARG NPM_TOKEN",
    "WORKDIR /w/$NPM_TOKEN",
    "COPY a /x/${NPM_TOKEN}/",
    "COPY b ./",
  ];

  it("appears in no explanation, event, error or log", async () => {
    const { build, explain, volume, cacheDir } = project(FILES);
    const events: BuildEvent[] = [];
    const options = (token: string): BuildOptions => ({
      buildArgs: { NPM_TOKEN: token },
      onEvent: (event) => void events.push(event),
    });
    await build(lines, options("hunter2first"));
    volume.writeFileSync("/ctx/b", "3");
    const forecast = await explain(lines, options("hunter2second"));
    const built = await build(lines, options("hunter2second"));
    const afterwards = await explain(lines, options("hunter2second"));
    const shown =
      JSON.stringify([forecast, afterwards, built.steps, events]) + told(explanationsOf(built)).join("\n");
    expect(shown).not.toMatch(/hunter2/);
    expect(textBelow(path.join(cacheDir, "v1/projects"))).not.toMatch(/hunter2/);
    expect(textBelow(path.join(cacheDir, "v1/records"))).not.toMatch(/hunter2/);
    expect(told(explanationsOf(built))).toEqual([
      "WORKDIR /w/$NPM_TOKEN: ARG NPM_TOKEN changed (the value is not shown)",
      "WORKDIR /w/$NPM_TOKEN: 2 paths changed",
      "COPY a /x/${NPM_TOKEN}/: ARG NPM_TOKEN changed (the value is not shown)",
      "COPY a /x/${NPM_TOKEN}/: 3 paths changed",
      "COPY b ./: 2 paths changed",
    ]);
  });
});
