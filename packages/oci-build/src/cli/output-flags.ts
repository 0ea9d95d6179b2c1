import type { Writable } from "node:stream";
import { buildError } from "../errors.js";
import type { LayerCompression } from "../options/build-options.js";
import type { BuildFlags } from "./build-flags.js";
import { joinCompression } from "./compression-flags.js";
import { type OutputSpec, parseOutput } from "./output-spec.js";

/** What `--output`, `--push` and `--load` ask for together. */
export interface AskedOutputs {
  /** Undefined where nothing is said of outputs. */
  readonly outputs: readonly OutputSpec["output"][] | undefined;
  readonly compression: LayerCompression;
}

/** Reads the outputs. As with buildx, `--push` has an image that is asked for pushed, else adds an output, and `--load`
 * adds one unless the image is loaded anyway.
 * @throws OciBuildError OPTION_INVALID */
export function outputFlags({ output = [], push, load }: BuildFlags, stdout: Writable): AskedOutputs {
  const specs = output.map((text) => parseOutput(text, stdout));
  const asked = specs.map((spec) => spec.output);
  const pushed = push === true ? withPush(asked) : asked;
  const outputs = load === true ? withLoad(pushed) : pushed;
  return {
    outputs: outputs.length === 0 ? undefined : outputs,
    compression: specs.reduce<LayerCompression>(
      (one, { compression }) => joined(one, compression, output),
      {},
    ),
  };
}

type Outputs = readonly OutputSpec["output"][];

function withPush(outputs: Outputs): Outputs {
  if (!outputs.some(({ type }) => type === "image" || type === "registry")) {
    return [...outputs, { type: "registry" }];
  }
  return outputs.map((output) => (output.type === "image" ? { ...output, push: true } : output));
}

function withLoad(outputs: Outputs): Outputs {
  const isLoaded = outputs.some(({ type, ...output }) => type === "docker" && !("dest" in output));
  return isLoaded ? outputs : [...outputs, { type: "docker" }];
}

/** There is one image, whose layers are compressed in one way. */
function joined(one: LayerCompression, other: LayerCompression, output: readonly string[]): LayerCompression {
  const both = joinCompression(one, other);
  if (both !== undefined) return both;
  throw buildError("OPTION_INVALID", {
    message: "--output: the outputs ask for different compressions",
    data: { option: "--output", value: output.join(" ") },
  });
}
