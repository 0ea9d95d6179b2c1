import { quoted } from "../../diagnostics/quoted.js";
import { type CheckRule, defineRule } from "../check-rule.js";
import { parseImageName } from "../facts/image-name.js";
import { wordExpander } from "../facts/word-expander.js";

/** Without build arguments, too, FROM names an image.
 * Differs: a name without variables is not reported; it is wrong with any arguments. */
export const invalidDefaultArgInFrom: CheckRule = defineRule({
  name: "InvalidDefaultArgInFrom",
  check: (facts, report) => {
    const expander = wordExpander(facts.parsed.ast.escape);
    const hasArgs = facts.defaultGlobals !== facts.globals;
    for (const { stage, image } of facts.bases) {
      const { from } = stage;
      if (!from.image.text.includes("$")) continue;
      const { value } = hasArgs ? expander.expand(from.image, facts.defaultGlobals.values) : image;
      // A word that cannot be expanded is an error of its own.
      if (image.used.length + image.missing.length === 0 || expander.errors.length > 0) continue;
      if (parseImageName(value) !== undefined) continue;
      report({
        owner: from,
        span: from.image.span,
        message: `${from.image.text} becomes ${quoted(value)} without build arguments, which names no image`,
        hint: "Give the ARG a default",
      });
    }
  },
});
