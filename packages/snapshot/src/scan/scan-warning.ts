/** Something that a scan left out of the tree. `path` is relative to the root; undefined when it is not of one entry.
 * `xattrs-unavailable`: the optional package @napi-rs/xattr cannot be loaded, so no attributes were read. */
export interface ScanWarning {
  readonly kind: "socket-left-out" | "unknown-type-left-out" | "xattrs-unavailable" | "xattrs-unreadable";
  readonly path?: string | undefined;
  readonly message: string;
}

/** The warning for an entry that no image can hold. */
export function leftOut(path: string, kind: "socket" | undefined): ScanWarning {
  const name = JSON.stringify(path);
  return kind === "socket"
    ? { kind: "socket-left-out", path, message: `socket ${name} was left out` }
    : { kind: "unknown-type-left-out", path, message: `${name} is of an unknown type and was left out` };
}
