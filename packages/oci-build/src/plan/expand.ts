import { looksSecret } from "@oci-build/cache";
import { type Environment, expandWord, expandWords, type Heredoc, type Word } from "@oci-build/dockerfile";
import { PlanError } from "./plan-error.js";

/** What variables are looked up in, and the Dockerfile's escape character. */
export interface ExpansionScope {
  readonly env: Environment;
  readonly input: { readonly escape: "\\" | "`" };
}

/** A word with its variables replaced and its quotes removed. */
export function expandToText(scope: ExpansionScope, word: Word): string {
  const result = expandWord(word.text, scope.env, { escape: scope.input.escape });
  if (!result.ok) throw new PlanError(result.rule, word.span, result.message);
  return result.value;
}

/** As `expandToText`, but what comes out is split at blanks that no quotes protect. */
export function expandToWords(scope: ExpansionScope, word: Word): readonly string[] {
  const result = expandWords(word.text, scope.env, { escape: scope.input.escape });
  if (!result.ok) throw new PlanError(result.rule, word.span, result.message);
  return result.words;
}

/** A here-document's body with its variables replaced; quotes are text there, and the escape is always a backslash. */
export function expandHeredoc(scope: ExpansionScope, heredoc: Heredoc): string {
  const result = expandWord(heredoc.content, scope.env, { escape: "\\", quotes: "literal" });
  if (!result.ok) throw new PlanError(result.rule, heredoc.contentSpan, result.message);
  return result.value;
}

/** An instruction's text for people, with variables replaced where that works.
 *
 * Differs: BuildKit shows the values of all variables; here a name that looks like a secret's stays as it is written. */
export function describeInstruction({ env, input }: ExpansionScope, text: string): string {
  const shown = { get: (name: string) => (looksSecret(name) ? `$${name}` : env.get(name)) };
  const result = expandWord(text, shown, { escape: input.escape });
  return result.ok ? result.value : text;
}

/** As `describeInstruction` for what a shell reads: what is not set, quotes and escapes stay as they are written. */
export function describeCommand({ env, input }: ExpansionScope, text: string): string {
  const shown = { get: (name: string) => (looksSecret(name) ? undefined : env.get(name)) };
  const kept = { quotes: "keep", escapes: "keep", unset: "keep" } as const;
  const result = expandWord(text, shown, { escape: input.escape, ...kept });
  return result.ok ? result.value : text;
}
