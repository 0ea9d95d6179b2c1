import fs from "node:fs";
import path from "node:path";
import { buildError } from "../../errors.js";
import { DOCKERFILE_MAX_BYTES, decodeDockerfile } from "../../input/read-dockerfile.js";
import { readSmallFile } from "../../input/read-small-file.js";

/** A Dockerfile named on the command line. */
export interface SourceFile {
  /** As messages name it. */
  readonly label: string;
  readonly text: string;
}

/** Reads the Dockerfiles that operands name: files, folders with a Dockerfile, or patterns such as `**` + `/Dockerfile`
 * for shells that do not expand them. Without operands the Dockerfile of the working directory.
 * @throws OciBuildError BUILD_DOCKERFILE_MISSING, BUILD_DOCKERFILE_NOT_UTF8, BUILD_DOCKERFILE_TOO_LARGE */
export async function readSourceFiles(operands: readonly string[]): Promise<readonly SourceFile[]> {
  const files = await Promise.all((operands.length === 0 ? ["."] : operands).map(filesOf));
  return [...new Set(files.flat())].map(readSourceFile);
}

/** One Dockerfile by its path. */
export function readSourceFile(file: string): SourceFile {
  const bytes = readSmallFile(fs, file, DOCKERFILE_MAX_BYTES);
  if (bytes === undefined) throw missing(file);
  return { label: file, text: decodeDockerfile(bytes, file) };
}

async function filesOf(operand: string): Promise<readonly string[]> {
  const stats = fs.statSync(operand, { throwIfNoEntry: false });
  if (stats?.isDirectory() === true) return [path.join(operand, "Dockerfile")];
  if (stats !== undefined) return [operand];
  const { default: glob } = await import("fast-glob");
  const found = glob.isDynamicPattern(operand) ? await glob(operand, { ignore: ["**/node_modules/**"] }) : [];
  if (found.length > 0) return found.sort();
  throw missing(operand);
}

function missing(file: string): Error {
  return buildError("BUILD_DOCKERFILE_MISSING", {
    message: `there is no Dockerfile at ${file}`,
    data: { path: file },
  });
}
