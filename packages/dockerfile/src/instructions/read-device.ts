import { quoted } from "../diagnostics/quoted.js";
import type { MappedText } from "../tree/mapped-text.js";
import { parseBoolean } from "../values/parse-boolean.js";
import { readCsvFields } from "./csv-fields.js";

/** What is wrong with a `--device`, which is `NAME[,required[=BOOL]]` or `name=NAME,…`; undefined when nothing is. */
export function readDevice(value: MappedText): string | undefined {
  const csv = readCsvFields(value);
  if (!csv.ok) return csv.message;
  let isNamed = false;
  for (const { text } of csv.fields) {
    const equals = text.indexOf("=");
    const key = (equals < 0 ? text : text.slice(0, equals)).toLowerCase();
    if (key === "required") {
      if (equals >= 0 && parseBoolean(text.slice(equals + 1)) === undefined)
        return `has bad option ${quoted(text)}`;
    } else if (isNamed) {
      return key === "name" ? "has two names" : `has bad option ${quoted(text)}`;
    } else isNamed = true;
  }
  return undefined;
}
