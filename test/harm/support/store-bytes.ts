import { hash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";

/** Every name below a folder, of files with the SHA-256 of their bytes. */
export function storeBytes(folder: string): readonly string[] {
  const names = fs.readdirSync(folder, { recursive: true, encoding: "utf8" }).sort();
  return names.map((name) => {
    const file = path.join(folder, name);
    return fs.lstatSync(file).isFile() ? `${name} ${hash("sha256", fs.readFileSync(file), "hex")}` : name;
  });
}
