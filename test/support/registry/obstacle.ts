import { hasTool } from "../tools.js";

/** Why tests that need these programs cannot run here; undefined when they can. */
export function toolObstacle(...programs: readonly string[]): string | undefined {
  const missing = programs.filter((program) => !hasTool(program));
  return missing.length === 0 ? undefined : `needs ${missing.join(" and ")}, not installed here`;
}

/** What `describe` says of an obstacle; the reporter of totals reads it. */
export function unlessObstacle(name: string, obstacle: string | undefined): string {
  return obstacle === undefined ? name : `${name} (skipped: ${obstacle})`;
}
