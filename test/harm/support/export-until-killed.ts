import fs from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { buildAt } from "./harm-build.js";

/** Exports a build, counts what that changes on the disk, and is killed at change number `at`, counted from 0, half of
 * it done where it is a write. Prints the count when it comes to its end. */
const [context = "", cacheDir = "", dest = "", exported = "", at = ""] = process.argv.slice(2);

let changes = 0;
let state: "not yet" | "exporting" = "not yet";

/** Whether a change is the last one. */
function isLast(): boolean {
  return state === "exporting" && changes++ === Number(at);
}

/** Whoever waits for what does not come goes on no more. */
function die(): Promise<never> {
  process.kill(process.pid, "SIGKILL");
  return new Promise(() => undefined);
}

for (const name of ["mkdir", "open", "rename", "rm", "utimes"] as const) {
  const real: (...args: never[]) => unknown = fs.promises[name];
  Object.assign(fs.promises, {
    [name]: (...args: never[]) => (isLast() ? die() : Reflect.apply(real, fs.promises, args)),
  });
}
syncBuiltinESMExports();

const handle = await open(process.execPath);
const methods = Object.getPrototypeOf(handle) as Pick<FileHandle, "write" | "writeFile">;
const { write, writeFile } = methods;
await handle.close();
methods.write = async function (this: FileHandle, bytes: Uint8Array, offset = 0, length = 0, position = 0) {
  const half = isLast();
  const written = await Reflect.apply(write, this, [bytes, offset, half ? length >> 1 : length, position]);
  return half ? die() : written;
} as typeof write;
methods.writeFile = async function (this: FileHandle, bytes: Uint8Array | string) {
  const half = isLast();
  await Reflect.apply(writeFile, this, [half ? bytes.slice(0, bytes.length >> 1) : bytes]);
  if (half) await die();
} as typeof writeFile;

await buildAt(
  { context, cacheDir, dest },
  {
    cacheTo: { type: "local", dest: exported },
    onEvent: ({ type }) => {
      if (type === "cache.exporting") state = "exporting";
    },
  },
);
process.stdout.write(String(changes));
