/** Milliseconds as seconds, three digits that count. @param {number} ms */
export function seconds(ms) {
  const value = ms / 1e3;
  if (value >= 100) return `${value.toFixed(0)} s`;
  return `${value.toFixed(value >= 10 ? 1 : value >= 1 ? 2 : 3)} s`;
}

/** For what is short, `12.3 ms`; from a second on in seconds. @param {number} ms */
export function milliseconds(ms) {
  if (Math.abs(ms) >= 1e3) return seconds(ms);
  return `${ms.toFixed(Math.abs(ms) >= 100 ? 0 : 1)} ms`;
}

/** @param {number} ratio */
export function times(ratio) {
  return `${ratio.toFixed(ratio >= 100 ? 0 : ratio >= 10 ? 1 : 2)}×`;
}

/** @param {number} bytes */
export function megabytes(bytes) {
  return `${(bytes / 1e6).toFixed(bytes >= 1e7 ? 0 : 1)} MB`;
}

/** With commas between thousands. @param {number} number */
export function grouped(number) {
  return String(Math.round(number)).replace(/\B(?=(?:\d{3})+$)/g, ",");
}
