import { buildError } from "../errors.js";
import type { BuildOptions } from "./build-options.js";

const NAME = "SOURCE_DATE_EPOCH";

/** The latest time that an image may show, in seconds: the option, else the build argument, else the environment.
 * @throws OciBuildError OPTION_INVALID
 * @see https://reproducible-builds.org/specs/source-date-epoch/ */
export function epochSeconds(
  options: BuildOptions,
  env: Readonly<Record<string, string | undefined>>,
): number | undefined {
  if (options.sourceDateEpoch !== undefined) return checked(String(options.sourceDateEpoch));
  const text = options.buildArgs?.[NAME] ?? env[NAME];
  return text === undefined || text === "" ? undefined : checked(text);
}

function checked(text: string): number {
  const seconds = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(seconds * 1000)) return seconds;
  throw buildError("OPTION_INVALID", {
    message: `${NAME} is not a number of seconds: ${JSON.stringify(text)}`,
    data: { option: NAME, value: text },
    hint: "Give whole seconds since 1970, such as the output of git log -1 --format=%ct.",
  });
}
