const UNITS = ["B", "kB", "MB", "GB", "TB", "PB"] as const;
const STEP = 1000;
const DIGITS = 3;

/** Bytes as Docker's lists of images show them: `7.8MB`, three digits at most. */
export function dockerSize(bytes: number): string {
  let [value, unit] = [bytes, 0];
  while (value >= STEP && unit < UNITS.length - 1) {
    value /= STEP;
    unit += 1;
  }
  const shown = value < STEP ? Number(value.toPrecision(DIGITS)) : Math.round(value);
  return `${shown}${UNITS[unit]}`;
}
