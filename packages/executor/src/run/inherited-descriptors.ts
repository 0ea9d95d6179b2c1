import { readdirSync, readFileSync } from "node:fs";
import { systemErrorCode } from "@oci-build/oci";

/** open(2)'s flag, in octal as /proc has it. */
const CLOSE_ON_EXEC = 0o2000000;

/** The descriptors beyond the standard streams that this process was started with and every child inherits, such as a
 * `make`'s. Node's own are closed in children. */
export function inheritedDescriptors(): readonly number[] {
  return readdirSync("/proc/self/fd")
    .map(Number)
    .filter((fd) => fd > 2 && isInherited(fd));
}

/** False for the one that the folder itself was read through. */
function isInherited(fd: number): boolean {
  try {
    const flags = /^flags:\s*([0-7]+)$/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, "latin1"))?.[1];
    return flags !== undefined && (Number.parseInt(flags, 8) & CLOSE_ON_EXEC) === 0;
  } catch (error) {
    if (systemErrorCode(error) === undefined) throw error;
    return false;
  }
}
