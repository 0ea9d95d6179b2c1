import { cpSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { bareNode } from "../../build/contenders/baselines.mjs";
import { missingProgram } from "../../build/contenders/missing-program.mjs";
import { timeCommand } from "../../build/measure/time-command.mjs";
import { writeTree } from "../../build/projects/write-tree.mjs";
import { startRegistry } from "../../registry/start-registry.mjs";
import { TAG } from "../base/pack-image.mjs";

/** @typedef {import("../../build/measure/contender.mjs").Contender} Contender */
/** @typedef {import("./run-bench.mjs").RunFigure} RunFigure */

const LIMIT_MS = 250;
const ROUNDS_FACTOR = 3;
const fixture = join(import.meta.dirname, "../../fixtures/service.Dockerfile");
const bin = join(import.meta.dirname, "../../../packages/oci-build/bin/oci-build.js");
const push = join(import.meta.dirname, "../../registry/children/push.mjs");

/** A build in which nothing changed, its output in place. @param {import("./run-bench.mjs").RunBench} bench
 * @param {(step: () => void) => void} add
 * @returns {Promise<import("./run-bench.mjs").RunGroup>} */
export async function cached({ caller, scratch }, add) {
  const context = join(scratch, "service");
  writeTree(join(context, "src"), { files: 200, seed: 7, smallest: 100, largest: 20_000 });
  const { layout } = caller.bases.debian;
  const registry = await servedBase({ layout, scratch }, add);
  const build = (/** @type {string} */ id, /** @type {string} */ base) =>
    cachedBuild({ id, base, context, scratch });
  const contenders = [
    bareNode(),
    build("cached.layout", `oci-layout://${layout}:${TAG}`),
    "missing" in registry
      ? { ...build("cached.registry", ""), missing: registry.missing }
      : build("cached.registry", `docker-image://${registry.image}`),
  ];
  return {
    about:
      "A build of 12 steps in three stages on Debian, everything cached and the output in place, as a whole process; the base in an OCI layout, and behind a tag of a registry on this machine, which each build asks for.",
    contenders,
    roundsFactor: ROUNDS_FACTOR,
    figures: contenders.map(({ id, tool, kind }) => ({
      ...{ name: kind === "ours" ? id : `cached.${id}`, tool, kind, wall: { of: { id } } },
      ...(kind === "ours" ? { limit: LIMIT_MS } : {}),
    })),
  };
}

/** @param {{ readonly id: string, readonly base: string, readonly context: string, readonly scratch: string }} options
 * @returns {Contender} */
function cachedBuild({ id, base, context, scratch }) {
  const folder = join(scratch, id);
  mkdirSync(folder);
  cpSync(fixture, join(folder, "Dockerfile"));
  const command = (/** @type {"timed" | "counted"} */ mode) => ({
    file: process.execPath,
    args: [
      ...[bin, "-f", join(folder, "Dockerfile"), "--cache-dir", join(folder, "store")],
      ...["--build-context", `base=${base}`, "-o", `type=oci,dest=${join(folder, "image.tar")}`],
      ...[...(mode === "counted" ? ["--progress", "rawjson"] : ["-q"]), context],
    ],
  });
  let isBuilt = false;
  return {
    ...{ id, scenario: id, kind: "ours", command },
    tool: `oci-build, base in a ${id.replace("cached.", "")}`,
    async prepare() {
      if (!isBuilt) await timeCommand(command("timed"), { scratch, time: "none" });
      isBuilt = true;
    },
  };
}

/** Pushes the base to a registry that is there as long as the benchmark.
 * @param {{ readonly layout: string, readonly scratch: string }} options @param {(step: () => void) => void} add
 * @returns {Promise<{ readonly image: string } | { readonly missing: string }>} */
async function servedBase({ layout, scratch }, add) {
  const missing = missingProgram("docker-registry");
  if (missing !== undefined) return { missing };
  const registry = await startRegistry(join(scratch, "registry"));
  add(() => void registry.stop());
  await timeCommand(
    { file: process.execPath, args: [push, layout, registry.host] },
    { scratch, time: "none" },
  );
  return { image: `${registry.host}/app:latest` };
}
