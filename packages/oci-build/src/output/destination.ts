import fs from "node:fs";
import path from "node:path";
import { buildError } from "../errors.js";
import { outputError } from "./output-error.js";

/** Where a file goes: to a regular file, which is replaced at once when the new one is whole, or to what cannot be
 * replaced, such as a FIFO or `/dev/null`, which is written into. `mode` is that of the file that is replaced. */
export type Destination =
  | { readonly kind: "replace"; readonly path: string; readonly mode: number | undefined }
  | { readonly kind: "write-into"; readonly path: string };

/** Finds out how to write a file, and that it can be: its folder must be there (one made here would be part of the
 * next build's context) and the file must be no folder. Links are followed, so that the link stays one.
 * @throws OciBuildError OUTPUT_NOT_WRITABLE */
export function resolveDestination(file: string): Destination {
  const absolute = path.resolve(file);
  try {
    const found = fs.statSync(absolute, { throwIfNoEntry: false });
    if (found?.isDirectory() === true) throw folderInTheWay(file);
    if (found !== undefined && !found.isFile()) return { kind: "write-into", path: absolute };
    const target = found === undefined ? newFile(absolute) : fs.realpathSync.native(absolute);
    fs.accessSync(path.dirname(target), fs.constants.W_OK | fs.constants.X_OK);
    return { kind: "replace", path: target, mode: found === undefined ? undefined : found.mode & 0o777 };
  } catch (error) {
    throw outputError(error, file);
  }
}

/** Finds out that files can be written into a folder, which is made where it is missing.
 * @throws OciBuildError OUTPUT_NOT_WRITABLE */
export function checkFolder(folder: string): void {
  const absolute = path.resolve(folder);
  try {
    const found = fs.statSync(absolute, { throwIfNoEntry: false });
    if (found === undefined) {
      // At the latest the root is there.
      checkFolder(path.dirname(absolute));
      return;
    }
    if (!found.isDirectory()) throw fileInTheWay(folder);
    fs.accessSync(absolute, fs.constants.W_OK | fs.constants.X_OK);
  } catch (error) {
    throw outputError(error, folder);
  }
}

/** The path that a file which is not there yet gets; where a dangling link leads, if it is one. */
function newFile(absolute: string): string {
  const folder = fs.realpathSync.native(path.dirname(absolute));
  const file = path.join(folder, path.basename(absolute));
  const isLink = fs.lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink() === true;
  return isLink ? newFile(path.resolve(folder, fs.readlinkSync(file))) : file;
}

function fileInTheWay(folder: string): Error {
  return buildError("OUTPUT_NOT_WRITABLE", {
    message: `cannot write into ${folder}: it is no folder`,
    data: { path: folder },
    hint: "Name another folder, or type=tar,dest=FILE for a tar.",
  });
}

function folderInTheWay(file: string): Error {
  return buildError("OUTPUT_NOT_WRITABLE", {
    message: `cannot write ${file}: it is a folder`,
    data: { path: file },
    hint: "Name a file in it.",
  });
}
