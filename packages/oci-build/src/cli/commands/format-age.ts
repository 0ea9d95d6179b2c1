const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** From how many seconds on each unit is used: where Docker changes it, so that "1 hour" is never all that is said. */
const units = [
  { from: 2 * 365 * DAY, seconds: 365 * DAY, name: "years" },
  { from: 60 * DAY, seconds: 30 * DAY, name: "months" },
  { from: 14 * DAY, seconds: 7 * DAY, name: "weeks" },
  { from: 2 * DAY, seconds: DAY, name: "days" },
  { from: 2 * HOUR, seconds: HOUR, name: "hours" },
  { from: 2 * MINUTE, seconds: MINUTE, name: "minutes" },
] as const;

/** How long ago a moment was, coarsely: `3 days ago`. */
export function formatAge(sinceSec: number, nowMs: number): string {
  const age = nowMs / 1000 - sinceSec;
  const unit = units.find(({ from }) => age >= from);
  if (unit !== undefined) return `${Math.floor(age / unit.seconds)} ${unit.name} ago`;
  return age >= MINUTE ? "a minute ago" : "just now";
}
