import { chmodSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";
import { temporaryFolder } from "./build-folder.js";

const bundles = new Map<string, string>();

/** The file of a module and all it imports of our sources, for processes that a test starts. Such a process needs no
 * checkout that its user can read, and starts in a tenth of a second; to translate each module on the way takes seconds.
 * A module is bundled once for a file of tests, and the bundle is removed after it. */
export function bundleChild(module: URL): string {
  const source = fileURLToPath(module);
  const known = bundles.get(source);
  if (known !== undefined) return known;
  const folder = temporaryFolder();
  chmodSync(folder, 0o755);
  const outfile = path.join(folder, `${path.basename(source, ".ts")}.mjs`);
  buildSync({
    entryPoints: [source],
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20.19",
    conditions: ["oci-build:source"],
    external: ["@napi-rs/xattr"],
    sourcemap: "inline",
  });
  bundles.set(source, outfile);
  return outfile;
}
