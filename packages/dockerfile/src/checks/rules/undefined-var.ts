import { didYouMean } from "../../diagnostics/did-you-mean.js";
import { platformArgs } from "../../values/predefined-args.js";
import { type CheckRule, defineRule } from "../check-rule.js";
import type { CheckFacts } from "../facts/check-facts.js";
import type { UndefinedUse } from "../facts/expand-stages.js";
import { type VariablePlaces, variablePlaces } from "../facts/variable-use.js";

/** Arguments that steer the builder and never become variables. */
const silentNames: ReadonlySet<string> = new Set(["BUILDKIT_SBOM_SCAN_CONTEXT", "BUILDKIT_SBOM_SCAN_STAGE"]);

const platformNames: ReadonlySet<string> = new Set(platformArgs);

/** Variables are set before they are read: by ENV or ARG in the stage, or by its base.
 * Differs: while the environment of the base image is not known, a variable is reported only when it cannot come from
 * there: it is spelled almost like a known one, or the Dockerfile itself declares it elsewhere. A substitution with a
 * default, such as `${name:-x}`, is not reported. */
export const undefinedVar: CheckRule = defineRule({
  name: "UndefinedVar",
  check: (facts, report) => {
    if (facts.undefinedUses.length === 0) return;
    const names = declaredNames(facts);
    const reported = new Map<object, Set<string>>();
    let places: VariablePlaces = new Map();
    let placesOf: object | undefined;
    for (const use of facts.undefinedUses) {
      const { placed, word, name } = use;
      const { instruction } = placed;
      const explanation = explain(use, names);
      if (use.environment === "unknown" && explanation === undefined) continue;
      if (placesOf !== word) places = variablePlaces(word);
      placesOf = word;
      const place = places.get(name);
      if (place === undefined || silentNames.has(name)) continue;
      const seen = reported.get(instruction);
      if (seen?.has(name) === true) continue;
      if (seen === undefined) reported.set(instruction, new Set([name]));
      else seen.add(name);
      const hint = explanation === "" ? undefined : explanation;
      const message = `$${name} is not defined here`;
      report({ placed, span: place, message, hint });
    }
  },
});

/** Where the Dockerfile declares names: the place of the last ARG or ENV in each stage, and all ARGs of any. */
interface DeclaredNames {
  readonly global: ReadonlySet<string>;
  readonly anyArg: ReadonlySet<string>;
  readonly lastByStage: readonly (ReadonlyMap<string, number> | undefined)[];
}

function declaredNames({ globals, parsed }: CheckFacts): DeclaredNames {
  const anyArg = new Set(globals.declared);
  const lastByStage = parsed.stages.stages.map(({ instructions }) => {
    let last: Map<string, number> | undefined;
    for (const instruction of instructions) {
      if (instruction.kind !== "env" && instruction.kind !== "arg") continue;
      last ??= new Map();
      const { offset } = instruction.span.start;
      if (instruction.kind === "env") for (const { key } of instruction.pairs) last.set(key.text, offset);
      else
        for (const { name } of instruction.args) {
          last.set(name.text, offset);
          anyArg.add(name.text);
        }
    }
    return last;
  });
  return { global: globals.declared, anyArg, lastByStage };
}

/** Why the variable cannot come from the base image, as advice or as the empty text; undefined when it can. */
function explain({ name, base, suggestion, placed }: UndefinedUse, names: DeclaredNames): string | undefined {
  if (!/^[\p{L}_]/u.test(name)) return "";
  const last = names.lastByStage[base.stage.index]?.get(name);
  const isTrigger = placed.origin === "trigger";
  const advice = isTrigger ? `Put ONBUILD ARG ${name} above the trigger` : `Add ARG ${name} to this stage`;
  if (last !== undefined && last > placed.instruction.span.start.offset)
    return isTrigger ? advice : `Move the ARG or ENV of ${name} up`;
  if (platformNames.has(name)) return advice;
  // FROM node:$NODE_VERSION: images tend to have such a variable of their own.
  const isInFrom = base.image.used.includes(name);
  if (names.global.has(name) && !isInFrom)
    return isTrigger ? advice : `Repeat ARG ${name} in this stage; those before FROM serve FROM alone`;
  if (suggestion !== undefined) return didYouMean(`$${suggestion}`);
  return names.anyArg.has(name) && !isInFrom ? advice : undefined;
}
