import fs from "node:fs";
import path from "node:path";
import { diskLines } from "../../support/disk-lines.js";
import { runTool } from "../../support/tools.js";

/** What GNU tar unpacks of an image, its layers one over the other, as lines: no code of ours has a say in it. `below`
 * is a folder of the image. The image must delete nothing. */
export function unpackedLines(image: string, folder: string, below: string): readonly string[] {
  const [layout, root] = [path.join(folder, "layout"), path.join(folder, "root")];
  for (const made of [layout, root]) {
    fs.rmSync(made, { recursive: true, force: true });
    fs.mkdirSync(made, { recursive: true });
  }
  runTool("tar", ["-xf", image, "-C", layout]);
  const text = fs.readFileSync(path.join(layout, "manifest.json"), "utf8");
  const [manifest] = JSON.parse(text) as readonly { readonly Layers: readonly string[] }[];
  for (const layer of manifest?.Layers ?? []) {
    runTool("tar", ["-xpzf", path.join(layout, layer), "-C", root, "--xattrs", "--xattrs-include=*"]);
  }
  return diskLines(path.join(root, below), { owner: OWNER });
}

/** A context's files as an image is to have them. */
export function contextLines(context: string): readonly string[] {
  return diskLines(context, { owner: OWNER });
}

/** Owners depend on who unpacks; other tests compare them. */
const OWNER = { uid: 0, gid: 0 };
