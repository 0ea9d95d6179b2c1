import { buildError } from "../errors.js";

const WHITEOUT_PREFIX = ".wh.";

/** @throws OciBuildError COPY_RESERVED_NAME for names that would delete what lies below */
export function refuseReservedName(path: string): void {
  if (!path.slice(path.lastIndexOf("/") + 1).startsWith(WHITEOUT_PREFIX)) return;
  throw buildError("COPY_RESERVED_NAME", {
    message: `names beginning with ${WHITEOUT_PREFIX} delete files of the layers below: /${path}`,
    data: { path: `/${path}` },
    hint: "Choose another name, or leave the file out with .dockerignore.",
  });
}
