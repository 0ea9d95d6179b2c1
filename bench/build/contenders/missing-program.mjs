import { spawnSync } from "node:child_process";

/** Why a program cannot be used; undefined when it can.
 * @param {string} name @param {readonly string[]} args That make it say something and end well. */
export function missingProgram(name, args = ["--version"]) {
  const { error, status } = spawnSync(name, args, { stdio: "ignore" });
  if (error !== undefined) return `not run: no ${name} here`;
  return status === 0 ? undefined : `not run: ${[name, ...args].join(" ")} fails`;
}
