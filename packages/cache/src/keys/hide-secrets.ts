import { hash } from "node:crypto";
import type { KeyField } from "./key-field.js";

/** A name with one of these words between underscores, as BuildKit's check SecretsUsedInArgOrEnv takes it. */
const secretWord =
  /(?:^|_)(?:apikey|auth|credentials?|key|password|pword|passwd|passphrase|secret|token)(?:$|_)/i;
const publicWord = /(?:^|_)public(?:$|_)/i;
const hiddenValue = /^hidden:sha256:[0-9a-f]{64}$/;

/** The same fields with the values of pairs whose names look like secrets replaced by `hidden:` and a digest, so that
 * two values can still be told apart. Doing it twice changes nothing more. */
export function hideSecrets(fields: readonly KeyField[]): readonly KeyField[] {
  return fields.map((field) => {
    if (field.kind !== "pair-list") return field;
    const value = field.value.map(([name, text]) => [name, looksSecret(name) ? hidden(text) : text] as const);
    return { ...field, value };
  });
}

/** The same fields with the values of all pairs hidden so: what leaves this machine tells no value of an ARG or ENV. */
export function hideValues(fields: readonly KeyField[]): readonly KeyField[] {
  return fields.map((field) => {
    if (field.kind !== "pair-list") return field;
    return { ...field, value: field.value.map(([name, text]) => [name, hidden(text)] as const) };
  });
}

/** True for `NPM_TOKEN` and `db_password`, false for `PUBLIC_KEY` and `MONKEY`. */
export function looksSecret(name: string): boolean {
  return secretWord.test(name) && !publicWord.test(name);
}

function hidden(text: string): string {
  return hiddenValue.test(text) ? text : `hidden:sha256:${hash("sha256", text, "hex")}`;
}
