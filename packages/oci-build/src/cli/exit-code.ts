import { isOciBuildError } from "@oci-build/oci";

/** 128 + SIGPIPE: how a program ends whose output nobody reads any more. */
export const EXIT_READER_GONE = 141;

/** What to exit with after an error; 4 for what is none of ours, which is a bug. */
export function exitCodeOf(error: unknown): number {
  if (isReaderGone(error)) return EXIT_READER_GONE;
  return isOciBuildError(error) ? error.exitCode : 4;
}

/** True when a pipe that was written to has no reader, as after `| head`. */
export function isReaderGone(error: unknown): boolean {
  if (!isOciBuildError(error, "OUTPUT_NOT_WRITABLE")) return false;
  return (error.cause as NodeJS.ErrnoException | undefined)?.code === "EPIPE";
}
