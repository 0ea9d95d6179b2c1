import type { EmitEvent, OutputBlobs, OutputInfo } from "../events/build-event.js";

/** What its last event says of an output. */
interface Made {
  readonly size: number;
  readonly outcome: "written" | "unchanged";
  readonly blobs?: OutputBlobs | undefined;
}

/** Makes an output and tells when it begins and ends. */
export async function tellOutput<Output extends Made>(
  label: OutputInfo,
  emit: EmitEvent,
  make: () => Promise<Output>,
): Promise<Output> {
  const startedMs = Date.now();
  emit({ type: "output.started", ...label });
  const made = await make();
  const { size, outcome, blobs } = made;
  emit({ type: "output.finished", ...label, size, outcome, blobs, durationMs: Date.now() - startedMs });
  return made;
}
