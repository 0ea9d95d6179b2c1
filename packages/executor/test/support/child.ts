import { bundleChild } from "../../../../test/support/bundle-child.js";

/** The file of one of `test/children`, which any user can run with Node. */
export function childFile(name: string): string {
  return bundleChild(new URL(`../children/${name}.ts`, import.meta.url));
}
