import { quoted } from "../diagnostics/quoted.js";
import { spanOfMapped } from "../tree/mapped-text.js";
import { defaultPlatform, normalizePlatform } from "../values/normalize-platform.js";
import type { FromInstruction, Word } from "./instruction.js";
import { countArguments, type ReadContext, reportAt, toWord } from "./read-context.js";
import { filledFlag, readFlags } from "./read-flags.js";

const stageNamePattern = /^[a-z][a-z0-9-_.]*$/;

/** `FROM [--platform=P] IMAGE [AS NAME]` */
export function readFrom(context: ReadContext): FromInstruction | undefined {
  const flags = readFlags(context, { platform: "text" });
  const [image, as, stageName, extra] = context.args;
  const isNamed = as?.text.toLowerCase() === "as" && stageName !== undefined;
  if (image === undefined || extra !== undefined || (as !== undefined && !isNamed)) {
    reportAt(context, {
      rule: "DOCKERFILE_ARGUMENT_COUNT",
      message: `FROM needs IMAGE or IMAGE AS NAME, found ${countArguments(context)}`,
      span: context.argumentsSpan,
    });
    return undefined;
  }
  const name = stageName === undefined ? undefined : toWord(stageName);
  if (name !== undefined && !stageNamePattern.test(name.text.toLowerCase())) reportStageName(context, name);
  const platform = filledFlag(flags, "platform");
  if (platform !== undefined) checkPlatform(context, platform);
  const { keyword, span, text, comments } = context.base;
  return {
    keyword,
    span,
    text,
    comments,
    kind: "from",
    image: { text: image.text, span: spanOfMapped(image) },
    platform,
    stageName: name,
  };
}

function reportStageName(context: ReadContext, name: Word): void {
  reportAt(context, {
    rule: "DOCKERFILE_INVALID_STAGE_NAME",
    message: `${quoted(name.text)} cannot name a stage`,
    span: name.span,
    hint: "Begin with a letter and use only letters, digits, '-', '_' and '.'",
  });
}

/** A platform with variables is known only when they are. What it leaves out does not decide whether it is one. */
function checkPlatform(context: ReadContext, platform: Word): void {
  if (platform.text.includes("$")) return;
  if (normalizePlatform(platform.text, defaultPlatform) !== undefined) return;
  reportAt(context, {
    rule: "DOCKERFILE_INVALID_FLAG_VALUE",
    message: `--platform is ${quoted(platform.text)}, expected OS[/ARCH[/VARIANT]]`,
    span: platform.span,
  });
}
