import { randomBytes } from "node:crypto";
import { formatIdentity, type ProcessIdentity, parseIdentity } from "../process/process-identity.js";

/** A name that no other file has and that says which process made it: `host-pid-start-random`. */
export function ownedName(owner: ProcessIdentity): string {
  return `${formatIdentity(owner)}-${randomBytes(8).toString("hex")}`;
}

/** The process that `ownedName` made a name for, or undefined for any other name. */
export function ownerOfName(name: string): ProcessIdentity | undefined {
  const end = name.lastIndexOf("-");
  return end < 0 ? undefined : parseIdentity(name.slice(0, end));
}
