import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** Bundles one of `test/children` from our sources into a folder, for children that are started several times: it starts
 * at once, and needs no checkout that its user can read. */
export async function bundleChild(child: string, folder: string): Promise<string> {
  const outfile = path.join(folder, `${child}.mjs`);
  await build({
    entryPoints: [fileURLToPath(new URL(`../children/${child}.ts`, import.meta.url))],
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20.19",
    conditions: ["oci-build:source"],
    external: ["@napi-rs/xattr"],
  });
  return outfile;
}
