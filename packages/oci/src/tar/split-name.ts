const NAME_BYTES = 100;
const PREFIX_BYTES = 155;
const SLASH = 0x2f;

/** A member's name as a ustar header holds it: `prefix`, a slash, `name`; without the slash when `prefix` is empty. */
export interface UstarName {
  readonly prefix: Uint8Array;
  readonly name: Uint8Array;
}

const none = new Uint8Array();

/** Splits a name over the two fields of a header, or gives undefined when it does not fit them. */
export function splitUstarName(name: Uint8Array): UstarName | undefined {
  if (name.length <= NAME_BYTES) return { prefix: none, name };
  // The first slash that leaves at most 100 bytes; a directory's last slash would leave none.
  const slash = name.indexOf(SLASH, name.length - NAME_BYTES - 1);
  if (slash <= 0 || slash > PREFIX_BYTES || slash >= name.length - 1) return undefined;
  return { prefix: name.subarray(0, slash), name: name.subarray(slash + 1) };
}

/** A name for readers without PAX. It never ends with a slash: to some readers that alone makes a directory. */
export function fallbackName(path: string): UstarName {
  const last = path.slice(path.lastIndexOf("/") + 1);
  return { prefix: none, name: Buffer.from(last.replace(/[^ -~]/g, "_").slice(0, NAME_BYTES), "latin1") };
}
