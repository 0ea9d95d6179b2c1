import { rmSync } from "node:fs";
import { join } from "node:path";
import { countTarEntries } from "../measure/count-entries.mjs";
import { shell } from "../measure/time-command.mjs";

/** @typedef {import("../measure/contender.mjs").Contender} Contender */
/** @typedef {{ readonly folder: string, readonly scratch: string, readonly maxRounds?: number }} BaselineOptions */

const children = join(import.meta.dirname, "../children");

/** @param {string} folder @returns {Contender} */
export function bareWalk(folder) {
  return nodeScript("walk", "walk + lstat", [join(children, "walk.mjs"), folder], Number);
}

/** @param {string} folder @returns {Contender} */
export function bareHash(folder) {
  return nodeScript("hash", "read + SHA-256, one thread", [join(children, "hash-tree.mjs"), folder], Number);
}

/** @param {string} file @param {string} copy @returns {Contender} */
export function bareCopy(file, copy) {
  return {
    ...nodeScript("copy", "read + SHA-256 + copy", [join(children, "copy-file.mjs"), file, copy]),
    prepare: () => rmSync(copy, { force: true }),
  };
}

/** @returns {Contender} */
export function bareNode() {
  return nodeScript("node", "node -e 0", ["-e", "0"]);
}

/** @param {string} id @param {string} tool @param {readonly string[]} args
 * @param {(stdout: string) => number} [countEntries] @returns {Contender} */
function nodeScript(id, tool, args, countEntries) {
  return {
    ...{ id, scenario: id, tool, kind: "baseline" },
    command: () => ({ file: process.execPath, args }),
    ...(countEntries === undefined ? {} : { countEntries }),
  };
}

/** `tar | COMPRESSOR -6` of a folder into a file.
 * @param {"gzip" | "pigz"} compressor @param {string | undefined} missing @param {BaselineOptions} options
 * @returns {Contender} */
export function tarPipe(compressor, missing, { folder, scratch, maxRounds }) {
  const output = join(scratch, `${compressor}.tar.gz`);
  return {
    ...{ id: compressor, scenario: `tar-${compressor}`, tool: `tar | ${compressor} -6`, kind: "baseline" },
    ...(maxRounds === undefined ? {} : { maxRounds }),
    ...(missing === undefined ? {} : { missing }),
    prepare: () => rmSync(output, { force: true }),
    command: () => ({
      ...shell(`tar -C "$FOLDER" -cf - . | ${compressor} -6 > "$OUTPUT"`),
      env: { FOLDER: folder, OUTPUT: output },
    }),
    countEntries: () => countTarEntries(output),
  };
}
