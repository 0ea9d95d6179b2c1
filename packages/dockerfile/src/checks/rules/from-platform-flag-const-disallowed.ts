import { quoted } from "../../diagnostics/quoted.js";
import { normalizePlatform } from "../../values/normalize-platform.js";
import { type CheckRule, defineRule } from "../check-rule.js";

/** `--platform` of FROM holds a variable, unless the name of the stage tells that it is for one platform. */
export const fromPlatformFlagConstDisallowed: CheckRule = defineRule({
  name: "FromPlatformFlagConstDisallowed",
  check: ({ bases, targetPlatform }, report) => {
    for (const { stage, platform } of bases) {
      const word = stage.from.platform;
      if (platform === undefined || word === undefined) continue;
      if (platform.used.length > 0 || platform.missing.length > 0) continue;
      const parsed = normalizePlatform(platform.value, targetPlatform);
      const name = stage.name ?? "";
      if (parsed === undefined || name.includes(parsed.os) || name.includes(parsed.architecture)) continue;
      report({
        owner: stage.from,
        span: word.span,
        message: `--platform is always ${quoted(platform.value)}`,
        hint: "Give the platform to the build, or name the stage after it",
      });
    }
  },
});
