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

/** What the first RUN on a base costs more than the second. @param {import("./run-bench.mjs").RunBench} bench
 * @returns {Promise<import("./run-bench.mjs").RunGroup>} */
export async function unpack({ caller, scratch }) {
  const base = caller.bases.debian;
  const build = (/** @type {string} */ id) =>
    ourRun({
      ...{ id, tool: "oci-build", caller, place: caller.folder, store: `store-${id}`, base },
      ...{ lines: trueLines(1), flags: ["--executor", executor] },
    });
  const [first, second] = [build("first-run"), build("second-run")];
  const warm = async (/** @type {Contender} */ { id, command }) => {
    if (!existsSync(join(caller.folder, `store-${id}`)))
      await timeCommand(command("timed"), { scratch, time: "none" });
  };
  const difference = { id: first.id, less: second.id };
  const ours = { tool: `oci-build, ${executor}`, kind: /** @type {const} */ ("ours") };
  return {
    about: `Debian's only layer, ${megabytes(base.bytes)} unpacked, into the store: a build of one \`RUN true\` whose base was not unpacked before, less one whose base was, by \`tar xzf\` of the same layer.`,
    contenders: [
      {
        ...first,
        async prepare() {
          await warm(first);
          forgetUnpacked(join(caller.folder, `store-${first.id}`));
        },
      },
      { ...second, prepare: () => warm(second) },
      tarExtract(caller, base),
    ],
    figures: [
      { ...ours, name: "unpack.ratio", limit: LIMIT, wall: { of: difference, by: { id: "tar" } } },
      { ...ours, name: "unpack.time", wall: { of: difference } },
      { name: "unpack.tar", tool: "tar -xzf", kind: "baseline", wall: { of: { id: "tar" } } },
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
 * @param {import("../base/make-bases.mjs").Base} base @returns {Contender} */
function tarExtract(caller, base) {
  const [layer = ""] = layerFiles(base.layout);
  const folder = join(caller.folder, "extracted");
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
