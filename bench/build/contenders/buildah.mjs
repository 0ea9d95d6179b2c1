import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { countImageEntries } from "../measure/count-entries.mjs";
import { shell, timeCommand } from "../measure/time-command.mjs";
import { missingProgram } from "./missing-program.mjs";

/** @typedef {{ readonly driver: "overlay" | "vfs" } | { readonly missing: string }} BuildahSetup */

/** The faster of its two stores that works in the folder. @param {string} scratch @returns {BuildahSetup} */
export function probeBuildah(scratch) {
  const missing = missingProgram("buildah");
  if (missing !== undefined) return { missing };
  if (process.getuid?.() !== 0) return { missing: "not run: buildah is only measured as root" };
  const driver = /** @type {const} */ (["overlay", "vfs"]).find((name) => works(name, scratch));
  return driver === undefined ? { missing: "not run: no store of buildah works here" } : { driver };
}

/** @param {string} driver @param {string} scratch */
function works(driver, scratch) {
  const folder = join(scratch, "buildah-probe");
  mkdirSync(folder, { recursive: true });
  const { status } = spawnSync("buildah", [...storeFlags(driver, folder), "from", "scratch"]);
  rmSync(folder, { recursive: true, force: true });
  return status === 0;
}

/** @param {string} driver @param {string} store */
export function storeFlags(driver, store) {
  return ["--storage-driver", driver, "--root", join(store, "root"), "--runroot", join(store, "run")];
}

/** Builds with layers, then writes the image to an OCI archive, each with a store of its own.
 * @param {{ name: string, context: string, dockerfile: string, scratch: string, setup: BuildahSetup }} options */
export function buildahBuild({ name, context, dockerfile, scratch, setup }) {
  const store = join(scratch, `${name}.buildah`);
  const output = join(scratch, `${name}.buildah.tar`);
  const flags = storeFlags("driver" in setup ? setup.driver : "vfs", store)
    .map((word) => `'${word}'`)
    .join(" ");
  const command = () => ({
    ...shell(
      `buildah ${flags} bud --layers --isolation chroot -q -t bench -f "$DOCKERFILE" "$CONTEXT" >&2
       buildah ${flags} push -q bench "oci-archive:$OUTPUT" >&2`,
    ),
    env: { DOCKERFILE: dockerfile, CONTEXT: context, OUTPUT: output },
  });
  return {
    command,
    tool: "driver" in setup ? `buildah (${setup.driver})` : "buildah",
    run: async () => void (await timeCommand(command(), { scratch, time: "none" })),
    forgetOutput: () => rmSync(output, { force: true }),
    forget: () => {
      rmSync(output, { force: true });
      rmSync(store, { recursive: true, force: true });
    },
    countEntries: () => countImageEntries(output, "app", scratch),
  };
}
