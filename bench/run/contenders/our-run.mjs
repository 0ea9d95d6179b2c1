import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { TAG } from "../base/pack-image.mjs";

/** @typedef {import("../../build/measure/contender.mjs").Contender} Contender */
/** @typedef {import("../find-callers.mjs").Caller} Caller */

const bin = join(import.meta.dirname, "../../../packages/oci-build/bin/oci-build.js");

/** A build of ours that runs its steps anew each time, on a base that was unpacked before.
 * @typedef {object} OurRunOptions
 * @property {string} id
 * @property {string} tool
 * @property {Caller} caller
 * @property {string} place Folder of the store and the Dockerfile.
 * @property {import("../base/make-bases.mjs").Base} base
 * @property {string} store Name of the store; builds with one name share it.
 * @property {readonly string[]} lines Below FROM; those that say $ROUND are never cached.
 * @property {readonly string[]} [flags]
 * @property {"quiet" | "events"} [output] Events are always told where work is counted. */

/** @param {OurRunOptions} options @returns {Contender} */
export function ourRun({ id, tool, caller, place, base, store, lines, flags = [], output = "quiet" }) {
  const folder = join(place, id);
  const context = join(folder, "context");
  const dockerfile = join(folder, "Dockerfile");
  mkdirSync(context, { recursive: true });
  writeFileSync(dockerfile, `${["FROM base", "ARG ROUND", ...lines].join("\n")}\n`);
  let builds = 0;
  return {
    ...{ id, scenario: id, tool, kind: "ours" },
    command(mode) {
      builds += 1;
      return caller.as({
        file: process.execPath,
        args: [
          ...[bin, "-f", dockerfile, "--cache-dir", join(place, store)],
          ...["--build-context", `base=oci-layout://${base.layout}:${TAG}`],
          // No two builds of a store are alike.
          ...["--build-arg", `ROUND=${id}.${builds}`, "-o", "type=image,name=bench:1"],
          ...(mode === "counted" || output === "events" ? ["--progress", "rawjson"] : ["-q"]),
          ...[...flags, context],
        ],
      });
    },
  };
}
