import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type MountSharing, openCache } from "../../src/index.js";

// Takes a mount and keeps it until it is killed.
const [dir = "", id = "", sharing = ""] = process.argv.slice(2);
const cache = await openCache({ dir });
const make = (folder: string): Promise<void> => mkdir(folder);
const request = { id, sharing: sharing as MountSharing, variant: "root", make };
const { folders } = await cache.takeMounts([request]);
await writeFile(join(folders[0] ?? "", "child"), "was here");
process.stdout.write("held\n");
await new Promise((resolve) => setTimeout(resolve, 600_000));
