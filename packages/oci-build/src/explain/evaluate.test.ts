import fs from "node:fs";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { digestHex } from "@oci-build/oci";
import { describe, expect, it } from "vitest";
import { explanationsOf, project, told } from "../../test/support/explained-project.js";

describe("explain and plan", () => {
  it("know what a step copies from a stage that misses", async () => {
    const { build, explain, volume } = project({ a: "1", b: "2" });
    const lines = [
      "FROM scratch AS base",
      "COPY a /d/",
      "FROM scratch",
      "COPY --from=base /d/a /e/",
      "COPY b /",
    ];
    await build(lines);
    volume.writeFileSync("/ctx/a", "3");
    expect(told((await explain(lines)).steps)).toEqual([
      "COPY a /d/: 1 file changed: a (content)",
      "COPY --from=base /d/a /e/: 1 file changed: a (content)",
    ]);
  });

  it("take a step for a hit that writes what an earlier one of the same build will have written", async () => {
    const { build, explain } = project({ a: "1" });
    const lines = ["FROM scratch AS base", "COPY a /", "FROM scratch", "COPY --from=base /a /"];
    const forecast = await explain(lines);
    expect(forecast.steps.map(({ verdict }) => verdict)).toEqual(["miss", "hit"]);
    expect(explanationsOf(await build(lines)).map(({ verdict }) => verdict)).toEqual(["miss", "hit"]);
  });

  it("make no cache where one is named that is not there, but begin the user's own", async () => {
    const { plan, cacheDir } = project({ a: "1" });
    await plan(["FROM scratch", "COPY a /"]);
    expect(fs.readdirSync(cacheDir)).toEqual([]);
    await plan(["FROM scratch", "COPY a /"], {
      cacheDir: undefined,
      env: { OCI_BUILD_CACHE_DIR: cacheDir },
    });
    expect(fs.readdirSync(cacheDir)).toEqual(["v1"]);
  });

  it("say of no step that it hits under --no-cache", async () => {
    const { build, explain } = project({ a: "1" });
    const lines = ["FROM scratch", "COPY a /", "COPY a /"];
    await build(lines);
    const { steps } = await explain(lines, { noCache: true });
    expect(steps.map(({ verdict, reasons }) => [verdict, reasons])).toEqual([
      ["miss", [{ kind: "no-cache" }]],
      ["miss", [{ kind: "no-cache" }]],
    ]);
  });

  it.each(["two", "TWO", "1", "stage-1"])(
    "look up no step of the stage under --no-cache-filter %s",
    async (stage) => {
      const { build, explain } = project({ a: "1", b: "2" });
      const name = /two/i.test(stage) ? " AS two" : "";
      const lines = [
        "FROM scratch AS one",
        "COPY a /",
        `FROM one${name}`,
        "COPY b /",
        "FROM one",
        "COPY --from=1 /b /c",
      ];
      await build(lines);
      const filtered = { noCacheFilter: [stage] };
      const expected = ["hit", "miss", "hit"];
      expect((await explain(lines, filtered)).steps.map(({ verdict }) => verdict)).toEqual(expected);
      const built = explanationsOf(await build(lines, filtered));
      expect(built.map(({ verdict }) => verdict)).toEqual(expected);
      expect(built[1]?.reasons).toEqual([{ kind: "no-cache" }]);
    },
  );

  it("Differs: BuildKit takes a name of `--no-cache-filter` that no stage has for one that is not built", async () => {
    const { build } = project({ a: "1" });
    const lines = ["FROM scratch AS one", "COPY a /"];
    await expect(build(lines, { noCacheFilter: ["on"] })).rejects.toMatchObject({
      code: "BUILD_TARGET_MISSING",
    });
    await expect(build(lines, { noCacheFilter: ["one"], noCache: true })).rejects.toMatchObject({
      code: "OPTION_INVALID",
    });
  });

  it("never promise less to compress than there is, and nothing for what hits", async () => {
    const long = "long/".repeat(60);
    const { build, plan, cacheDir, volume } = project({
      a: "1",
      [`${long}file`]: "2".repeat(1000),
      "é/ü": "3",
    });
    volume.symlinkSync("x".repeat(300), "/ctx/link");
    const lines = ["FROM scratch", "COPY --chown=3000000 . /x/"];
    const { compressBytesMax } = await plan(lines);
    const { steps } = await build(lines);
    const blob = path.join(cacheDir, "v1/blobs/sha256", digestHex(steps[0]?.layer?.digest ?? ("" as never)));
    const tarBytes = gunzipSync(fs.readFileSync(blob)).length;
    expect(compressBytesMax).toBeGreaterThanOrEqual(tarBytes);
    expect(compressBytesMax).toBeLessThan(tarBytes * 2);
    expect((await plan(lines)).compressBytesMax).toBe(0);
  });

  it("tell what the last build did", async () => {
    const { build, explain } = project({ a: "1", b: "2" });
    await build(["FROM scratch", "COPY a /"]);
    await build(["FROM scratch", "COPY a /", "COPY b /"], { tags: ["app:1"] });
    const { lastBuild } = await explain(["FROM scratch"], { tags: ["app:1"] });
    expect(lastBuild).toMatchObject({
      tags: ["docker.io/library/app:1"],
      steps: [
        { id: "0.1", stage: "stage-0", instruction: "COPY a /", status: "cached" },
        { id: "0.2", stage: "stage-0", instruction: "COPY b /", status: "executed" },
      ],
    });
  });

  it("tell why the last build executed what it did, until another one follows", async () => {
    const { build, explain, volume } = project({ a: "1", b: "2" });
    const lines = ["FROM scratch", "ARG v=1", "COPY a /", "COPY b /$v"];
    await build(lines, { explain: false });
    volume.writeFileSync("/ctx/a", "3");
    await build(lines, { explain: false, buildArgs: { v: "2" } });
    const toldOfLast = async (): Promise<readonly string[]> => {
      const { lastBuild } = await explain(lines, { buildArgs: { v: "2" } });
      return told(lastBuild?.steps ?? []);
    };
    expect(await toldOfLast()).toEqual([
      "COPY a /: 1 file changed: a (content)",
      "COPY b /$v: ARG v 1 → 2",
      "COPY b /$v: 1 file renamed: 1 → 2",
    ]);
    await build(lines, { explain: false, buildArgs: { v: "2" } });
    expect(await toldOfLast()).toEqual([]);
  });
});
