import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { shell, timeCommand } from "../../build/measure/time-command.mjs";
import { layerFiles } from "../base/pack-image.mjs";

/** @typedef {import("../../build/measure/contender.mjs").Contender} Contender */
/** @typedef {import("../find-callers.mjs").Caller} Caller */

/** The files of a base as a folder. Only root may make devices, and nobody needs them here.
 * @param {Caller} caller @param {import("../base/make-bases.mjs").Base} base @param {string} scratch */
export async function unpackBase(caller, base, scratch) {
  const root = join(caller.folder, "root");
  const [layer = ""] = layerFiles(base.layout);
  const script = shell(
    'mkdir "$ROOT" && tar -xzf "$LAYER" -C "$ROOT" --exclude="./dev/*" && mkdir -p "$ROOT/proc"',
  );
  const command = caller.as({ ...script, env: { ROOT: root, LAYER: layer } });
  await timeCommand(command, { scratch, time: "none" });
  return root;
}

/** So many times what no way to run a command in an unpacked base can do without: namespaces, /proc, chroot.
 * @param {{ readonly caller: Caller, readonly root: string, readonly times: number }} options @returns {Contender} */
export function bareUnshare({ caller, root, times }) {
  const user = caller.kind === "user" ? "--map-root-user" : "";
  const one = `unshare ${user} --mount --pid --ipc --uts --fork --mount-proc="$ROOT/proc" chroot "$ROOT" /bin/sh -c true`;
  return {
    ...{
      id: "bare unshare",
      scenario: "bare unshare",
      tool: "unshare … chroot … sh -c true",
      kind: "baseline",
    },
    command: () => caller.as({ ...repeated(one, times), env: { ROOT: root } }),
  };
}

/** So many containers of a runtime in an unpacked base, by a bundle that is made before.
 * @param {{ readonly caller: Caller, readonly root: string, readonly times: number,
 *   readonly runtime: "crun" | "runc", readonly scratch: string }} options
 * @returns {Promise<Contender>} */
export async function bareRuntime({ caller, root, times, runtime, scratch }) {
  const bundle = join(caller.folder, `bundle-${runtime}`);
  const rootless = caller.kind === "user" ? "--rootless" : "";
  const make = shell(`mkdir -p "$BUNDLE" "$BUNDLE.state" && cd "$BUNDLE" && ${runtime} spec ${rootless}`);
  await timeCommand(caller.as({ ...make, env: { BUNDLE: bundle } }), { scratch, time: "none" });
  writeConfig(join(bundle, "config.json"), root);
  const flags = runtime === "crun" ? "--cgroup-manager=disabled" : "";
  const one = `${runtime} ${flags} --root "$BUNDLE.state" run --bundle "$BUNDLE" "bench-$$-$i"`;
  return {
    ...{
      id: `bare ${runtime}`,
      scenario: `bare ${runtime}`,
      tool: `${runtime} run … sh -c true`,
      kind: "baseline",
    },
    command: () => caller.as({ ...repeated(one, times), env: { BUNDLE: bundle } }),
  };
}

/** The runtime's own example, with our command. @param {string} file @param {string} root */
function writeConfig(file, root) {
  const config = JSON.parse(readFileSync(file, "utf8"));
  config.process.terminal = false;
  config.process.args = ["/bin/sh", "-c", "true"];
  config.root = { path: root, readonly: true };
  writeFileSync(file, JSON.stringify(config));
}

/** @param {string} command @param {number} times */
function repeated(command, times) {
  return shell(`i=0; while [ $i -lt ${times} ]; do i=$((i+1)); ${command}; done`);
}
