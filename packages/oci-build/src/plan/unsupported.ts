import type { Diagnostic } from "@oci-build/dockerfile";
import type { ResolvedFile } from "./resolve-stages.js";

/** What the stages need that this version cannot do, each with its place: devices of the host. */
export function findUnsupported({ stages, reachable }: ResolvedFile): readonly Diagnostic[] {
  const instructions = reachable.flatMap((index) => stages[index]?.instructions ?? []);
  return instructions.flatMap(({ instruction }) =>
    instruction.kind === "run" ? instruction.devices.map(({ span }) => unsupportedDevice(span)) : [],
  );
}

function unsupportedDevice(span: Diagnostic["span"]): Diagnostic {
  return {
    rule: "RUN_DEVICE_UNSUPPORTED",
    severity: "error",
    message: "RUN --device is not supported",
    span,
    notes: [],
    hint: "Do what needs the device before the build, and COPY its result.",
  };
}
