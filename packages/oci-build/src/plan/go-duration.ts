const NS_PER_SECOND = 1_000_000_000;
const SMALL_UNITS = [
  ["ms", 1_000_000],
  ["µs", 1_000],
  ["ns", 1],
] as const;

/** A duration in Go's notation (`1m30s`, `1.5s`, `250ms`), as image histories show it. */
export function formatGoDuration(nanoseconds: number): string {
  if (nanoseconds === 0) return "0s";
  if (nanoseconds < NS_PER_SECOND) {
    for (const [unit, size] of SMALL_UNITS) {
      if (nanoseconds >= size) return `${nanoseconds / size}${unit}`;
    }
  }
  const totalSeconds = Math.floor(nanoseconds / NS_PER_SECOND);
  const fraction = (nanoseconds % NS_PER_SECOND) / NS_PER_SECOND;
  const hours = Math.floor(totalSeconds / 3600);
  const minutes = Math.floor((totalSeconds % 3600) / 60);
  const seconds = `${(totalSeconds % 60) + fraction}s`;
  if (hours > 0) return `${hours}h${minutes}m${seconds}`;
  return minutes > 0 ? `${minutes}m${seconds}` : seconds;
}
