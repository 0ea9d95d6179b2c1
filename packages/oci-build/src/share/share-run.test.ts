import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { type RunBuildOptions, type RunProject, runProject } from "../../test/support/run-project.js";

const LINES = [
  "FROM scratch",
  "ARG PASS_PHRASE",
  "ARG PLAIN=value-of-plain",
  "RUN make",
  "COPY a /",
  "RUN true",
];
const GIVEN = { PASS_PHRASE: "value-of-secret" };

/** A project, a place for an export, and the same project with a cache of its own. */
function shared(): { readonly project: RunProject; readonly dir: string; readonly other: string } {
  const project = runProject({ a: "1" });
  const dir = path.join(runProject().cacheDir, "shared");
  return { project, dir, other: runProject().cacheDir };
}

const shell: RunBuildOptions["shell"] = (command) => (command === "true" ? {} : { files: { out: command } });
const to = (dest: string): RunBuildOptions => ({ shell, cacheTo: { type: "local", dest }, buildArgs: GIVEN });
const from = (src: string, cacheDir: string): RunBuildOptions => ({
  ...{ shell, cacheFrom: { type: "local", src }, cacheDir, buildArgs: GIVEN },
});

function textsOf(dir: string): readonly string[] {
  return fs
    .readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile())
    .map((file) => fs.readFileSync(path.join(file.parentPath, file.name), "latin1"));
}

describe("an export of a build with RUN", () => {
  it("has what commands gave, also nothing: no command is run where it is imported", async () => {
    const { project, dir, other } = shared();
    const first = await project.build(LINES, to(dir));
    const second = await project.build(LINES, from(dir, other));
    expect(second.calls).toEqual(["check"]);
    expect(second.statuses).toEqual(["cached", "cached", "cached"]);
    expect(second.result.digest).toBe(first.result.digest);
    expect((await project.build(LINES, { shell, cacheDir: other, buildArgs: GIVEN })).calls).toEqual([
      "check",
    ]);
  });

  it("has no value of a variable in it, where the cache itself has those that are no secrets", async () => {
    const { project, dir } = shared();
    await project.build(LINES, to(dir));
    expect(textsOf(project.cacheDir).join()).toContain("value-of-plain");
    expect(textsOf(dir).length).toBeGreaterThan(5);
    expect(textsOf(dir).filter((text) => /value-of-(?:plain|secret)/.test(text))).toEqual([]);
  });

  it("has no result without owners, and none is looked for", async () => {
    const { project, dir, other } = shared();
    await project.build(LINES, { ...to(dir), fidelity: "single-id" });
    const full = await project.build(LINES, from(dir, other));
    expect(full.statuses).toEqual(["executed", "cached", "executed"]);
    await project.build(LINES, { ...to(dir), noCache: true });
    const { cacheDir } = runProject();
    const single = await project.build(LINES, { ...from(dir, cacheDir), fidelity: "single-id" });
    expect(single.statuses).toEqual(["executed", "cached", "executed"]);
  });

  it("is looked at for no step under --no-cache", async () => {
    const { project, dir, other } = shared();
    await project.build(LINES, to(dir));
    const anew = await project.build(LINES, { ...from(dir, other), noCache: true });
    expect(anew.statuses).toEqual(["executed", "executed", "executed"]);
  });
});
