import { type MappedText, sliceMapped, spanOfMapped, spanWithin } from "../tree/mapped-text.js";
import { readCsvFields } from "./csv-fields.js";
import type { MountOption, MountSpec } from "./instruction.js";
import { type ReadContext, reportAt, toWord } from "./read-context.js";

/** The options of a `--mount`, not yet understood; undefined, and reported, when they are no list. */
export function readMountSpec(context: ReadContext, value: MappedText): MountSpec | undefined {
  const csv = readCsvFields(value);
  if (csv.ok) return { options: csv.fields.map(toOption), span: spanOfMapped(value) };
  reportAt(context, {
    rule: "DOCKERFILE_INVALID_MOUNT",
    message: `--mount ${csv.message}`,
    span: spanWithin(value, Math.min(csv.offset, value.text.length - 1), value.text.length),
  });
  return undefined;
}

function toOption(field: MappedText): MountOption {
  const equals = field.text.indexOf("=");
  if (equals < 0) return { key: toWord(field) };
  return { key: toWord(sliceMapped(field, 0, equals)), value: toWord(sliceMapped(field, equals + 1)) };
}
