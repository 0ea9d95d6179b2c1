import { quoted } from "../diagnostics/quoted.js";
import { trimSpace } from "../lexer/white-space.js";
import { parseBoolean } from "../values/parse-boolean.js";
import type { CheckRule } from "./check-rule.js";

/** Names of rules, or all of them. */
type RuleSet = ReadonlySet<string> | "all";

/** Which rules run, and whether they can fail the build. */
export interface CheckSettings {
  readonly skip: RuleSet;
  readonly experimental: RuleSet;
  readonly error: boolean;
}

/** Settings, or what is wrong with their text. */
export type ParsedSettings =
  | { readonly ok: true; readonly settings: CheckSettings }
  | { readonly ok: false; readonly message: string };

/** Settings that say nothing. */
export const defaultSettings: CheckSettings = { skip: new Set(), experimental: new Set(), error: false };

/** Reads `skip=A,B;error=true;experimental=all`; of a setting given twice the last counts.
 * @see https://docs.docker.com/reference/dockerfile/#check */
export function parseSettings(text: string): ParsedSettings {
  let settings = defaultSettings;
  if (trimSpace(text) === "") return { ok: true, settings };
  for (const part of text.split(";")) {
    const equals = part.indexOf("=");
    const key = trimSpace(part.slice(0, Math.max(0, equals)));
    const value = trimSpace(part.slice(equals + 1));
    if (equals < 0) return { ok: false, message: `${quoted(part)} is not of the form name=value` };
    if (key === "skip") settings = { ...settings, skip: parseRules(value) };
    else if (key === "experimental") settings = { ...settings, experimental: parseRules(value) };
    else if (key === "error") {
      const error = parseBoolean(value);
      if (error === undefined)
        return { ok: false, message: `error is ${quoted(value)}, expected true or false` };
      settings = { ...settings, error };
    } else return { ok: false, message: `there is no check option ${quoted(key)}` };
  }
  return { ok: true, settings };
}

function parseRules(value: string): RuleSet {
  return value === "all" ? value : new Set(value.split(",").map(trimSpace));
}

const inlineDirective = /^check[\t ]*=[\t ]*([^ ]*)/i;

/** The settings of the first `check=…` among the comments above an instruction; undefined without a valid one. */
export function inlineSettings(comments: readonly string[]): CheckSettings | undefined {
  for (const comment of comments) {
    const value = inlineDirective.exec(comment)?.[1];
    if (value === undefined) continue;
    const parsed = parseSettings(value);
    return parsed.ok ? parsed.settings : undefined;
  }
  return undefined;
}

/** Whether a rule runs at all under the file's settings. As in BuildKit, `skip` has no effect on a rule that must be
 * turned on. */
export function isRuleOn(rule: CheckRule, settings: CheckSettings): boolean {
  if (rule.stability === "experimental" || rule.default === "off") return isEnabled(rule, settings);
  return !isNamed(rule, settings.skip);
}

/** Whether a rule that is off runs on one instruction because of its comments. */
export function isEnabled(rule: CheckRule, { experimental }: CheckSettings): boolean {
  return isNamed(rule, experimental) && (experimental !== "all" || rule.stability === "experimental");
}

/** Whether the comments of an instruction skip a rule there.
 * Differs: BuildKit cannot skip an experimental rule for one instruction. */
export function isSkipped(rule: CheckRule, { skip }: CheckSettings): boolean {
  return isNamed(rule, skip);
}

function isNamed({ name }: CheckRule, rules: RuleSet): boolean {
  return rules === "all" || rules.has(name);
}
