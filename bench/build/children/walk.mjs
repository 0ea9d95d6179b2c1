// node walk.mjs FOLDER: what any scan must at least do: one readdir a folder, one lstat an entry. Prints the count.
import { lstatSync, readdirSync } from "node:fs";

let entries = 0;
walk(process.argv[2]);
console.log(entries);

function walk(folder) {
  for (const name of readdirSync(folder)) {
    const path = `${folder}/${name}`;
    entries += 1;
    if (lstatSync(path).isDirectory()) walk(path);
  }
}
