import { type CheckRule, defineRule } from "../check-rule.js";
import { parseImageName } from "../facts/image-name.js";

/** Base images are named by digest, so that the same Dockerfile gives the same image. */
export const unpinnedBase: CheckRule = defineRule({
  name: "UnpinnedBase",
  origin: "oci-build",
  default: "off",
  check: ({ bases }, report) => {
    for (const { stage, image, kind } of bases) {
      if (kind !== "image") continue;
      const name = parseImageName(image.value);
      if (name === undefined || name.digest !== undefined) continue;
      const what =
        name.tag === undefined ? "has neither tag nor digest" : "has a tag, which can move, and no digest";
      report({
        owner: stage.from,
        span: stage.from.image.span,
        message: `${image.value} ${what}`,
        hint: `Write ${image.value}@sha256:…`,
      });
    }
  },
});
