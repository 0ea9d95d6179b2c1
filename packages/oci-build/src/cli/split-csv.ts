/** The fields of one CSV line, as Docker's tools read option values: a field in double quotes may hold commas, and a
 * doubled quote is a quote. */
export function splitCsv(line: string): string[] {
  const fields: string[] = [];
  const pattern = /(?:"((?:[^"]|"")*)"|([^,]*))(,|$)/gy;
  let match = pattern.exec(line);
  while (match !== null) {
    const [, quoted, plain = "", end] = match;
    fields.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === "") break;
    match = pattern.exec(line);
  }
  return fields;
}
