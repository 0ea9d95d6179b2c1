import { executorError } from "../errors.js";
import type { OverlayFacts } from "../space/host-facts.js";
import { overlayOptions } from "../space/overlay-options.js";
import type { MountLine } from "./backend.js";

/** An overlay. All folders but `target` are names relative to where mount(8) is started, short and without commas and
 * colons; `lowers` are from the top. Without an upper directory nothing can be written. */
export interface OverlayOptions {
  readonly target: string;
  readonly lowers: readonly string[];
  readonly upper?: { readonly upper: string; readonly work: string } | undefined;
  readonly facts: OverlayFacts;
  readonly flags: readonly string[];
}

/** What mount(2) copies of its options is one page of memory, with a zero at the end. */
const OPTIONS_MAX_BYTES = 4095;

/** The line that mounts an overlay. */
export function overlayLine({ target, lowers, upper, facts, flags }: OverlayOptions): MountLine {
  const options = [
    `lowerdir=${lowers.join(":")}`,
    ...(upper === undefined ? [] : [`upperdir=${upper.upper}`, `workdir=${upper.work}`]),
    ...overlayOptions(upper === undefined ? { ...facts, volatile: "refused" } : facts),
  ];
  if (options.join(",").length > OPTIONS_MAX_BYTES) throw tooManyLayers(lowers.length);
  return { type: "overlay", source: "overlay", target, options: [...flags, ...options] };
}

function tooManyLayers(layers: number): Error {
  const problem = `${layers} layers are more than one overlay can stack`;
  return executorError("EXECUTOR_START_FAILED", {
    message: `cannot mount the root file system: ${problem}`,
    data: { problem },
    hint: "Join RUN or COPY instructions of the base image into fewer layers.",
  });
}
