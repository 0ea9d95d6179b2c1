import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll } from "vitest";

const folders: string[] = [];

// Once for the file that imports this: what a test or a hook registers while it runs would never be called.
afterAll(() => {
  for (const folder of folders) fs.rmSync(folder, { recursive: true, force: true });
  // Unpacked systems have tens of thousands of files.
}, 60_000);

/** A temporary folder that is removed after the file's tests. */
export function temporaryFolder(): string {
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "oci-build-test-")));
  folders.push(folder);
  return folder;
}

/** Writes files by path; a path that ends in a slash is an empty folder. */
export function writeFiles(folder: string, files: Readonly<Record<string, string | Buffer>>): void {
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(folder, name);
    fs.mkdirSync(name.endsWith("/") ? file : path.dirname(file), { recursive: true });
    if (!name.endsWith("/")) fs.writeFileSync(file, content);
  }
}
