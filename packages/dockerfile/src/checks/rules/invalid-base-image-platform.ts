import { normalizePlatform } from "../../values/normalize-platform.js";
import { type CheckRule, defineRule } from "../check-rule.js";
import { formatPlatform } from "../facts/global-variables.js";

/** The base image is for the platform that is built, or that FROM asks for. The caller knows the image's. */
export const invalidBaseImagePlatform: CheckRule = defineRule({
  name: "InvalidBaseImagePlatform",
  check: ({ bases, targetPlatform }, report) => {
    for (const { stage, image, platform, facts } of bases) {
      if (facts?.platform === undefined) continue;
      const actual = normalizePlatform(facts.platform, targetPlatform);
      const expected = normalizePlatform(platform?.value ?? "", targetPlatform) ?? targetPlatform;
      if (actual === undefined) continue;
      if (actual.os === expected.os && actual.architecture === expected.architecture) continue;
      report({
        owner: stage.from,
        span: stage.from.image.span,
        message: `the image ${image.value} is for ${formatPlatform(actual)}, expected ${formatPlatform(expected)}`,
      });
    }
  },
});
