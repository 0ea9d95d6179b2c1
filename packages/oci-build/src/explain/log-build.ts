import type { BuildLog, Cache } from "@oci-build/cache";
import { isOciBuildError } from "@oci-build/oci";
import type { EmitEvent } from "../events/build-event.js";

/** A log that cannot be written costs a later explanation, and nothing else. */
const HARMLESS_CODES = ["CACHE_NOT_WRITABLE", "CACHE_DISK_FULL", "CACHE_IO_FAILED"] as const;

/** Remembers a build as its project's last one. */
export async function logBuild(
  log: BuildLog,
  cache: Pick<Cache, "logBuild">,
  emit: EmitEvent,
): Promise<void> {
  try {
    await cache.logBuild(log);
  } catch (error) {
    if (!isOciBuildError(error) || !HARMLESS_CODES.some((code) => code === error.code)) throw error;
    const { code, message } = error;
    emit({ type: "warning", code, message: `this build is not remembered: ${message}` });
  }
}
