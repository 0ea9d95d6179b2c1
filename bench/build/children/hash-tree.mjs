// node hash-tree.mjs FOLDER: reads every file and hashes it, in one thread. Prints the count of entries.
import { createHash } from "node:crypto";
import { lstatSync, readdirSync, readFileSync } from "node:fs";

let entries = 0;
walk(process.argv[2]);
console.log(entries);

function walk(folder) {
  for (const name of readdirSync(folder)) {
    const path = `${folder}/${name}`;
    const stat = lstatSync(path);
    entries += 1;
    if (stat.isDirectory()) walk(path);
    else if (stat.isFile()) createHash("sha256").update(readFileSync(path)).digest();
  }
}
