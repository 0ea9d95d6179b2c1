/** Milliseconds by a clock that nobody sets. `performance` tells them, too, but Node loads it at its first use, which takes
 * as long as scanning some hundred files. */
export function monotonicMs(): number {
  return process.uptime() * 1000;
}
