import type { Chmod, ChmodOperation } from "./parse-chmod.js";

const setUser = 0o4000;
const setGroup = 0o2000;
const stickyBit = 0o1000;
const shifts = { user: 6, group: 3, other: 0 } as const;

/** The mode of a file (the lower 12 bits, 0 to 07777) after a chmod. Other bits of `mode` are kept. */
export function applyChmod(mode: number, type: "file" | "directory", chmod: Chmod): number {
  const rest = mode & ~0o7777;
  if (chmod.kind === "octal") return rest | chmod.mode;
  const before = mode & 0o7777;
  const mayExecute = type === "directory" || (before & 0o111) !== 0;
  const after = chmod.operations.reduce(
    (bits, operation) => applyOperation(bits, operation, mayExecute),
    before,
  );
  return rest | after;
}

function applyOperation(mode: number, operation: ChmodOperation, mayExecute: boolean): number {
  const { operator, bits, conditionalExecute, copyFrom } = operation;
  const copied = copyFrom === undefined ? bits : (mode >> shifts[copyFrom]) & 7;
  const classBits = copied | (conditionalExecute && mayExecute ? 1 : 0);
  const changed = spread(operation, classBits) | specialBits(operation);
  if (operator === "+") return mode | changed;
  if (operator === "-") return mode & ~changed;
  return (mode & ~clearedBits(operation)) | changed;
}

function spread({ who }: ChmodOperation, bits: number): number {
  return (
    (who.user ? bits << shifts.user : 0) |
    (who.group ? bits << shifts.group : 0) |
    (who.other ? bits << shifts.other : 0)
  );
}

function specialBits({ who, setId, sticky }: ChmodOperation): number {
  const id = setId ? (who.user ? setUser : 0) | (who.group ? setGroup : 0) : 0;
  return id | (sticky ? stickyBit : 0);
}

/** What `=` clears: the classes' permissions and set-id bits; the sticky bit only where `t` is named. Copying a class
 * clears permissions only. */
function clearedBits(operation: ChmodOperation): number {
  const permissions = spread(operation, 7);
  if (operation.copyFrom !== undefined) return permissions;
  const { who, sticky } = operation;
  return permissions | (who.user ? setUser : 0) | (who.group ? setGroup : 0) | (sticky ? stickyBit : 0);
}
