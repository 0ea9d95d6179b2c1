import { lstatSync } from "node:fs";
import { encodePath } from "@oci-build/oci";

const NS_PER_SEC = 1_000_000_000n;

/** When a file of a folder was last written, in whole seconds since 1970; fractions go down. */
export function exactMtime(folder: string, path: string): number {
  const { mtimeNs } = lstatSync(Buffer.concat([Buffer.from(`${folder}/`), encodePath(path)]), {
    bigint: true,
  });
  const seconds = mtimeNs / NS_PER_SEC;
  return Number(mtimeNs < 0n && mtimeNs % NS_PER_SEC !== 0n ? seconds - 1n : seconds);
}
