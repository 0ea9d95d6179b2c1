/** What holds another number of files, folders and links than the project itself, in words.
 * @param {string} group @param {number} expected
 * @param {readonly import("../measure/run-group.mjs").Measured[]} measured @returns {readonly string[]} */
export function checkEntries(group, expected, measured) {
  return measured.flatMap(({ id, entries }) =>
    entries === undefined || entries === expected
      ? []
      : [`${group}: ${id} holds ${entries} entries, the project ${expected}`],
  );
}
