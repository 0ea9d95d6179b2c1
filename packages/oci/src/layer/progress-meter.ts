const STEP_BYTES = 1024 * 1024;

/** Adds up bytes, and reports the sum when a megabyte more has come together: small files come by the thousand. */
export function progressMeter(report: ((bytes: number) => void) | undefined): (count: number) => void {
  let total = 0;
  let reported = 0;
  return (count) => {
    total += count;
    if (total - reported < STEP_BYTES) return;
    reported = total;
    report?.(total);
  };
}
