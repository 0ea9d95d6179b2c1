import type { AddInstruction } from "./instruction.js";
import type { ReadContext } from "./read-context.js";
import { readFileFields } from "./read-file-instruction.js";
import { filledFlag, readFlags, switchFlag } from "./read-flags.js";

const addFlags = {
  chown: "text",
  chmod: "text",
  link: "switch",
  "keep-git-dir": "switch",
  checksum: "text",
  unpack: "switch",
  exclude: "list",
} as const;

/** `ADD [flags] SOURCE… DESTINATION` */
export function readAdd(context: ReadContext): AddInstruction | undefined {
  const flags = readFlags(context, addFlags);
  const fields = readFileFields(context, flags);
  const keepGitDir = switchFlag(context, flags, "keep-git-dir");
  const unpack = switchFlag(context, flags, "unpack");
  if (fields === undefined) return undefined;
  const checksum = filledFlag(flags, "checksum");
  const { keyword, span, text, comments } = context.base;
  const { sources, inlineSources, destination, chown, chmod, link, exclude } = fields;
  return {
    keyword,
    span,
    text,
    comments,
    kind: "add",
    sources,
    inlineSources,
    destination,
    chown,
    chmod,
    link,
    exclude,
    keepGitDir,
    checksum,
    unpack,
  };
}
