import { utimes } from "node:fs/promises";
import { systemErrorCode } from "@oci-build/oci";

/** Touches a file again and again, so that processes which cannot see this one (of another machine or container) know
 * that it lives. It does not keep the process running. Gives what stops it. */
export function startHeartbeat(path: string, intervalMs: number): () => void {
  const timer = setInterval(() => {
    const now = new Date();
    // A beat that fails may succeed the next time; a file that is gone comes back no more.
    utimes(path, now, now).catch((error: unknown) => {
      if (systemErrorCode(error) === "ENOENT") clearInterval(timer);
    });
  }, intervalMs);
  timer.unref();
  return () => clearInterval(timer);
}
