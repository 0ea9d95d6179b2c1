import { readFileSync } from "node:fs";
import { userInfo } from "node:os";
import { systemErrorCode } from "@oci-build/oci";
import type { IdOwner } from "./subordinate-ids.js";

/** Who runs this process. */
export interface Caller {
  readonly user: IdOwner;
  readonly group: number;
}

/** Who runs this process; only where there are numeric users at all. */
export function currentCaller(): Caller {
  const user = process.geteuid?.() ?? 0;
  return { user: { id: user, name: userName() }, group: process.getegid?.() ?? 0 };
}

/** The text of a small file of the system, empty where there is none to read. */
export function readSystemFile(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (systemErrorCode(error) === undefined) throw error;
    return "";
  }
}

/** A user without an entry in /etc/passwd has none. */
function userName(): string | undefined {
  try {
    return userInfo().username;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ERR_SYSTEM_ERROR") return undefined;
    throw error;
  }
}
