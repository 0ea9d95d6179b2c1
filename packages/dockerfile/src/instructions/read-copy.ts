import type { CopyInstruction } from "./instruction.js";
import type { ReadContext } from "./read-context.js";
import { readFileFields } from "./read-file-instruction.js";
import { filledFlag, readFlags, switchFlag } from "./read-flags.js";
import { reportVariableInStageReference } from "./stage-reference.js";

const copyFlags = {
  from: "text",
  chown: "text",
  chmod: "text",
  link: "switch",
  parents: "switch",
  exclude: "list",
} as const;

/** `COPY [flags] SOURCE… DESTINATION` */
export function readCopy(context: ReadContext): CopyInstruction | undefined {
  const flags = readFlags(context, copyFlags);
  const fields = readFileFields(context, flags);
  const parents = switchFlag(context, flags, "parents") ?? false;
  const from = filledFlag(flags, "from");
  if (from !== undefined) reportVariableInStageReference(context, "--from", from);
  if (fields === undefined) return undefined;
  const { keyword, span, text, comments } = context.base;
  const { sources, inlineSources, destination, chown, chmod, link, exclude } = fields;
  return {
    keyword,
    span,
    text,
    comments,
    kind: "copy",
    sources,
    inlineSources,
    destination,
    chown,
    chmod,
    link,
    exclude,
    from,
    parents,
  };
}
