/** The bytes of a JSON document, the same for equal values whatever the order their members were set in.
 *
 * The form is that of RFC 8785: no blanks, members sorted by the UTF-16 code units of their names, arrays in their
 * order, numbers and strings as ECMAScript writes them. Members that are undefined are left out.
 * Differs: RFC 8785 refuses lone surrogates; here they are written as `\udXXX`.
 * @throws TypeError for what JSON cannot hold (functions, bigints, NaN, infinities, instances of classes, undefined in an array)
 * @see https://www.rfc-editor.org/rfc/rfc8785#section-3.2 */
export function encodeJson(value: unknown): Buffer {
  return Buffer.from(encoded(value), "utf8");
}

function encoded(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(encoded).join(",")}]`;
  if (typeof value === "object" && value !== null) return encodedObject(value);
  if (typeof value === "number" && !Number.isFinite(value)) throw new TypeError(`JSON cannot hold ${value}`);
  const text = JSON.stringify(value) as string | undefined;
  if (text === undefined) throw new TypeError(`JSON cannot hold a value of type ${typeof value}`);
  return text;
}

/** Writes members by hand: a JavaScript object would move names that look like integers to the front. */
function encodedObject(value: object): string {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null)
    throw new TypeError("JSON cannot hold an instance");
  const members: string[] = [];
  for (const name of Object.keys(value).sort(byCodeUnit)) {
    const member: unknown = (value as Record<string, unknown>)[name];
    if (member !== undefined) members.push(`${JSON.stringify(name)}:${encoded(member)}`);
  }
  return `{${members.join(",")}}`;
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
