/** @typedef {import("./measure/contender.mjs").Group} Group */

/** The figures of a group whose scenario holds a text, and the contenders that they need; all of them without one.
 * @param {Pick<Group, "contenders" | "figures">} group @param {string | undefined} only
 * @returns {Pick<Group, "contenders" | "figures">} */
export function selectFigures({ contenders, figures }, only) {
  const chosen = figures.filter(({ scenario }) => only === undefined || scenario.includes(only));
  const needed = new Set(chosen.flatMap(({ ours, baseline, others }) => [ours, baseline, ...others]));
  return { figures: chosen, contenders: contenders.filter(({ id }) => needed.has(id)) };
}

/** The groups that can have such a scenario. Their projects are large, so no other is made.
 * @param {readonly string[]} names @param {string | undefined} only */
export function selectGroups(names, only) {
  if (only === undefined) return names;
  const named = names.filter((name) => name.includes(only) || only.includes(name));
  return named.length === 0 ? names : named;
}
