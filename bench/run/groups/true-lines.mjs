/** Steps that do nothing, each another one. @param {number} count */
export function trueLines(count) {
  return Array.from({ length: count }, (_, index) => `RUN true ${index + 1}`);
}

/** How many steps the builds have whose difference is looked at. @param {import("../options.mjs").RunSize} size */
export function stepCounts(size) {
  return { many: size === "smoke" ? 3 : 21, one: 1 };
}
