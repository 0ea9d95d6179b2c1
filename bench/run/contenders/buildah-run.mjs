import { mkdirSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { storeFlags } from "../../build/contenders/buildah.mjs";
import { shell, timeCommand } from "../../build/measure/time-command.mjs";
import { TAG } from "../base/pack-image.mjs";

/** @typedef {import("../../build/measure/contender.mjs").Contender} Contender */

const BASE = "localhost/bench-base";

/** @typedef {{ readonly scratch: string, readonly driver: "overlay" | "vfs", readonly store: string }} BuildahPlace */

/** Puts a base into a store of buildah's own.
 * @param {import("../base/make-bases.mjs").Base} base @param {BuildahPlace} place */
export async function pullBase(base, { scratch, driver, store }) {
  const flags = quoted(storeFlags(driver, store));
  const command = {
    ...shell(`image=$(buildah ${flags} pull -q "$IMAGE") && buildah ${flags} tag "$image" ${BASE}`),
    // It makes a name of the path, and names have no capital letters.
    env: { IMAGE: `oci:${basename(base.layout)}:${TAG}` },
    cwd: dirname(base.layout),
  };
  await timeCommand(command, { scratch, time: "none" });
}

/** A build that runs its steps anew each time and keeps each as a layer, as ours does.
 * @param {{ readonly id: string, readonly tool: string, readonly isolation: "chroot" | "oci",
 *   readonly lines: readonly string[] } & BuildahPlace} options
 * @returns {Contender} */
export function buildahRun({ id, tool, isolation, lines, scratch, driver, store }) {
  const folder = join(scratch, id);
  mkdirSync(folder);
  writeFileSync(join(folder, "Dockerfile"), `${[`FROM ${BASE}`, "ARG ROUND", ...lines].join("\n")}\n`);
  let builds = 0;
  return {
    ...{ id, scenario: id, tool, kind: "peer" },
    command() {
      builds += 1;
      const how = isolation === "oci" ? ["--runtime", "runc"] : [];
      const args = [
        ...["bud", "--layers", "--isolation", isolation, ...how],
        ...["--build-arg", `ROUND=${id}.${builds}`],
      ];
      return { file: "buildah", args: [...storeFlags(driver, store), ...args, "-q", "-t", "bench", folder] };
    },
  };
}

/** @param {readonly string[]} words */
function quoted(words) {
  return words.map((word) => `'${word}'`).join(" ");
}
