import { fileURLToPath } from "node:url";

/** A child translates all of our sources before it starts, which takes its time on a busy machine. */
export const CHILD_TIMEOUT_MS = 90_000;

/** Node's arguments for one of `test/children`, which then runs our sources as they are. */
export function childArguments(name: string, args: readonly string[]): readonly string[] {
  const hooks = new URL("../../../cache/test/support/register-typescript.mjs", import.meta.url);
  const script = fileURLToPath(new URL(`../children/${name}.ts`, import.meta.url));
  return ["--conditions=oci-build:source", "--import", hooks.href, script, ...args];
}
