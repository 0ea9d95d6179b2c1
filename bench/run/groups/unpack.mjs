import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { shell, timeCommand } from "../../build/measure/time-command.mjs";
import { megabytes } from "../../build/report/units.mjs";
import { layerFiles } from "../base/pack-image.mjs";
import { ourRun } from "../contenders/our-run.mjs";
import { trueLines } from "./true-lines.mjs";

/** @typedef {import("../../build/measure/contender.mjs").Contender} Contender */

const LIMIT = 1.3;
const executor = "util-linux";
const LAYER = /^[0-9a-f]{64}$/;

/** Where layers are unpacked. A disk's time for thousands of files depends on where it puts their folders, and may be
 * three times as long for one tree as for its twin beside it; in memory there is only the work.
 * @typedef {"disk" | "memory"} UnpackPlace */

const places = {
  disk: { name: "unpack", where: "on disk" },
  memory: { name: "unpack-memory", where: "in memory" },
};

/** What the first RUN on a base costs more than the second. @param {import("./run-bench.mjs").RunBench} bench
 * @param {UnpackPlace} place @returns {Promise<import("./run-bench.mjs").RunGroup>} */
export async function unpack({ caller, scratch }, place) {
  const base = caller.bases.debian;
  const { name, where } = places[place];
  const folder = place === "disk" ? caller.folder : caller.memory;
  const build = (/** @type {string} */ id) =>
    ourRun({
      ...{ id, tool: "oci-build", caller, place: folder, store: `store-${id}`, base },
      ...{ lines: trueLines(1), flags: ["--executor", executor] },
    });
  const [first, second] = [build("first-run"), build("second-run")];
  const warm = async (/** @type {Contender} */ { id, command }) => {
    if (!existsSync(join(folder, `store-${id}`)))
      await timeCommand(command("timed"), { scratch, time: "none" });
  };
  const difference = { id: first.id, less: second.id };
  const ours = { tool: `oci-build, ${executor}`, kind: /** @type {const} */ ("ours") };
  return {
    about: `Debian's only layer, ${megabytes(base.bytes)} unpacked, into the store ${where}: a build of one \`RUN true\` whose base was not unpacked before, less one whose base was, by \`tar xzf\` of the same layer, there, too.`,
    contenders: [
      {
        ...first,
        async prepare() {
          await warm(first);
          forgetUnpacked(join(folder, `store-${first.id}`));
        },
      },
      { ...second, prepare: () => warm(second) },
      tarExtract(caller, base, folder),
    ],
    figures: [
      { ...ours, name: `${name}.ratio`, limit: LIMIT, wall: { of: difference, by: { id: "tar" } } },
      { ...ours, name: `${name}.time`, wall: { of: difference } },
      { name: `${name}.tar`, tool: "tar -xzf", kind: "baseline", wall: { of: { id: "tar" } } },
    ],
  };
}

/** What was found out about the host stays. @param {string} store */
function forgetUnpacked(store) {
  const unpacked = join(store, "v1/unpacked");
  for (const space of readdirSync(unpacked, { withFileTypes: true })) {
    if (!space.isDirectory()) continue;
    const folder = join(unpacked, space.name);
    for (const name of readdirSync(folder))
      if (LAYER.test(name)) rmSync(join(folder, name), { recursive: true });
  }
}

/** Only root may make devices. @param {import("../find-callers.mjs").Caller} caller
 * @param {import("../base/make-bases.mjs").Base} base @param {string} parent
 * @returns {Contender} */
function tarExtract(caller, base, parent) {
  const [layer = ""] = layerFiles(base.layout);
  const folder = join(parent, "extracted");
  const devices = caller.kind === "root" ? "" : `--exclude='./dev/*'`;
  return {
    ...{ id: "tar", scenario: "tar", tool: "tar -xzf", kind: "baseline" },
    prepare() {
      rmSync(folder, { recursive: true, force: true });
    },
    command: () =>
      caller.as({
        ...shell(`mkdir "$FOLDER" && tar -xzf "$LAYER" -C "$FOLDER" ${devices}`),
        env: { FOLDER: folder, LAYER: layer },
      }),
  };
}
