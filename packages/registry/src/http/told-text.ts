const UNSAFE = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;
const TOLD_MAX_LENGTH = 300;
const URL_MAX_LENGTH = 500;

/** Text of a server as one line of bounded length that can be shown. */
export function toldText(text: string, maxLength: number = TOLD_MAX_LENGTH): string {
  const line = text.slice(0, maxLength).replace(UNSAFE, escapeUnit);
  return text.length > maxLength ? `${line}…` : line;
}

/** An address that can be told: without user, query and fragment, which may hold passwords and signatures. */
export function toldUrl(url: URL): string {
  return toldText(`${url.protocol}//${url.host}${url.pathname}`, URL_MAX_LENGTH);
}

function escapeUnit(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
