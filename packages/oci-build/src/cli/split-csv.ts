/** The fields of one CSV line, as Docker's tools read option values: a field in double quotes may hold commas, and a
 * doubled quote is a quote. Undefined when a quote stands elsewhere, or is never closed. */
export function splitCsv(line: string): string[] | undefined {
  const fields: string[] = [];
  const pattern = /(?:"((?:[^"]|"")*)"|([^,"]*))(,|$)/gy;
  for (;;) {
    const match = pattern.exec(line);
    if (match === null) return undefined;
    const [, quoted, plain = "", end] = match;
    fields.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === "") return fields;
  }
}

/** The line that `splitCsv` takes apart into these fields. */
export function formatCsv(fields: readonly string[]): string {
  return fields.map((field) => (/[",]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field)).join(",");
}
