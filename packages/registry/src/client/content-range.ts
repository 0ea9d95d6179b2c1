/** What part of a whole an answer has: `bytes 5-9/10`. Without a part (`bytes *` + `/10`) `offset` is undefined. */
export interface ContentRange {
  readonly offset: number | undefined;
  readonly total: number | undefined;
}

const pattern = /^bytes (?:(\d{1,15})-(\d{1,15})|\*)\/(?:(\d{1,15})|\*)$/;

/** The meaning of a `Content-Range` header; undefined when it is missing or has another form.
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-14.4 */
export function parseContentRange(header: string | undefined): ContentRange | undefined {
  const match = pattern.exec(header ?? "");
  if (match === null) return undefined;
  const [, offset, , total] = match;
  return {
    offset: offset === undefined ? undefined : Number(offset),
    total: total === undefined ? undefined : Number(total),
  };
}
