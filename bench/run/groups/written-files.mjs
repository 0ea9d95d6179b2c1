import { join } from "node:path";
import { tarPipe } from "../../build/contenders/baselines.mjs";
import { missingProgram } from "../../build/contenders/missing-program.mjs";
import { writeTree } from "../../build/projects/write-tree.mjs";
import { grouped, megabytes } from "../../build/report/units.mjs";
import { describeProject } from "../../build/scenarios/describe-project.mjs";
import { copyPackages } from "../base/copy-packages.mjs";
import { ourRun } from "../contenders/our-run.mjs";
import { layerMs } from "../layer-time.mjs";

const LIMIT = 1.5;
const FILES = 10_000;
const SMOKE_FILES = 50;
const executor = "util-linux";

/** Each round writes one file that no round before wrote: a result that is recorded already would cost less. */
const COPY = "mkdir -p /out && cp -r /in/. /out && echo $ROUND > /out/round && echo written";
const INPUT = "--mount=type=bind,from=files,target=/in";
const NO_LAYER = "--mount=type=tmpfs,target=/out";

/** @typedef {"real" | "tiny"} FileKind */

const kinds = {
  real: "of this checkout's packages, below 256 KiB each",
  tiny: "generated, 20 to 60 bytes each",
};

/** The layer of a command that writes many files. @param {import("./run-bench.mjs").RunBench} bench
 * @param {FileKind} kind @returns {Promise<import("./run-bench.mjs").RunGroup>} */
export async function writtenFiles({ caller, size }, kind) {
  const files = join(caller.memory, `files-${kind}`);
  const count = size === "smoke" ? SMOKE_FILES : FILES;
  if (kind === "real") copyPackages(files, count);
  else writeTree(files, { files: count, seed: 17, smallest: 20, largest: 60 });
  const build = (/** @type {string} */ id, /** @type {string} */ mounts) =>
    ourRun({
      ...{ id, tool: "oci-build", caller, place: caller.memory, store: "store", base: caller.bases.debian },
      lines: [`RUN ${mounts} ${COPY}`],
      flags: ["--executor", executor, "--build-context", `files=${files}`],
      output: "events",
    });
  const pigz = tarPipe("pigz", missingProgram("pigz"), { folder: files, scratch: caller.memory });
  const { entries, bytes } = describeProject(files, "");
  return {
    about: `\`RUN cp -r\` of ${grouped(entries)} files and folders, ${megabytes(bytes)}, ${kinds[kind]}: from the end of the command until the layer is recorded, by \`tar | pigz -6\` of the same files. CPU: of the whole build, less one in which the command writes to a tmpfs.`,
    contenders: [
      { ...build(`${kind}.layer`, INPUT), part: (_, stderr) => layerMs(stderr) },
      build(`${kind}.no-layer`, `${INPUT} ${NO_LAYER}`),
      { ...pigz, command: (mode) => caller.as(pigz.command(mode)) },
    ],
    figures: [
      figure(kind, "ratio", { limit: LIMIT, by: "pigz" }),
      figure(kind, "layer", {}),
      { name: `files-${kind}.pigz`, tool: pigz.tool, kind: "baseline", wall: { of: { id: "pigz" } } },
    ],
  };
}

/** @param {FileKind} kind @param {string} name @param {{ readonly limit?: number, readonly by?: string }} options
 * @returns {import("./run-bench.mjs").RunFigure} */
function figure(kind, name, { limit, by }) {
  const base = by === undefined ? {} : { by: { id: by } };
  return {
    ...{ name: `files-${kind}.${name}`, tool: `oci-build, ${executor}`, kind: "ours" },
    wall: { of: { id: `${kind}.layer` }, ...base },
    cpu: { of: { id: `${kind}.layer`, less: `${kind}.no-layer` }, ...base },
    ...(limit === undefined ? {} : { limit }),
  };
}
