import type { Span } from "@oci-build/dockerfile";
import type { ContentDigest, DiffId, Digest } from "@oci-build/oci";
import type { ScanWork } from "@oci-build/snapshot";
import type { Place } from "../errors.js";
import type { BaseExplanation } from "../explain/explain-bases.js";
import type { StepExplanation } from "../explain/step-explanation.js";
import type { ErrorSummary } from "./error-summary.js";

/** A step as events name it. */
export interface StepInfo {
  readonly id: string;
  /** `[build 2/5] COPY . .` */
  readonly name: string;
  readonly span: Span;
}

/** What a step did. Counts are of this build: a step that was `cached` wrote nothing. Sizes in bytes. */
export interface StepOutcome {
  readonly status: "cached" | "executed";
  readonly contentDigest: ContentDigest;
  /** Undefined when the step changed nothing, so that there is no layer. */
  readonly layer?: { readonly digest: Digest; readonly diffId: DiffId; readonly size: number } | undefined;
  readonly entries: number;
  /** Files that had to be read to know their digests. */
  readonly filesHashed: number;
  readonly bytesHashed: number;
  /** Of a layer that was written: what was copied from earlier layers, and what was compressed. Bytes are raw ones. */
  readonly segmentsReused?: number | undefined;
  readonly segmentsCompressed?: number | undefined;
  readonly bytesReused?: number | undefined;
  readonly bytesCompressed?: number | undefined;
}

/** An image that the build stands on or copies from, as the Dockerfile or `--build-context` names it. */
export interface ImageInfo {
  readonly name: string;
  readonly platform: string;
}

/** A layer of such an image; size in bytes. */
export interface FetchedLayer {
  readonly image: string;
  readonly digest: Digest;
  readonly size: number;
}

/** An output as events name it: `destination` is a path, `-` for a stream, or names of the image. */
export interface OutputInfo {
  readonly action: "write" | "push" | "load" | "store";
  readonly destination: string;
}

/** How many layers and configs a push sent, had the registry take from another repository, or found there. */
export interface OutputBlobs {
  readonly uploaded: number;
  readonly mounted: number;
  readonly present: number;
}

/** What a build tells while it runs, in order. Everything that progress, JSON and reports show comes from these.
 * `timeMs` is milliseconds since 1970. Values are JSON-safe. */
export type BuildEvent = { readonly timeMs: number } & (
  | {
      readonly type: "build.started";
      readonly file: string;
      readonly source: string;
      readonly platform: string;
      readonly target: string | undefined;
    }
  | { readonly type: "build.planned"; readonly steps: readonly StepInfo[] }
  | {
      readonly type: "warning";
      readonly code: string;
      readonly message: string;
      readonly hint?: string | undefined;
      readonly place?: Place | undefined;
    }
  | { readonly type: "image.resolving"; readonly image: ImageInfo }
  | {
      readonly type: "image.resolved";
      readonly image: ImageInfo;
      /** Of the index or manifest that the name stands for. */
      readonly digest: Digest;
      /** The full name with that digest. */
      readonly pinned: string;
      readonly durationMs: number;
    }
  /** A stage begins on an image. Nothing of it is fetched before a step needs it. */
  | { readonly type: "stage.based"; readonly step: StepInfo }
  | { readonly type: "layer.fetching"; readonly layer: FetchedLayer }
  | { readonly type: "layer.progress"; readonly layer: FetchedLayer; readonly doneBytes: number }
  | { readonly type: "layer.fetched"; readonly layer: FetchedLayer; readonly durationMs: number }
  /** What a step gave was found in an import, and taken into the cache; size in bytes of its layers. `stepName` is
   * that of the build that made it. */
  | {
      readonly type: "cache.imported";
      readonly stepName: string;
      readonly from: string;
      readonly size: number;
      readonly durationMs: number;
    }
  | { readonly type: "cache.exporting"; readonly dir: string }
  | {
      readonly type: "cache.exported";
      readonly dir: string;
      readonly records: number;
      readonly durationMs: number;
    }
  | { readonly type: "context.started"; readonly root: string }
  | (ScanWork & {
      readonly type: "context.scanned";
      readonly root: string;
      readonly entries: number;
      readonly durationMs: number;
    })
  | { readonly type: "step.started"; readonly step: StepInfo }
  | {
      readonly type: "step.progress";
      readonly step: StepInfo;
      readonly doneBytes: number;
      readonly totalBytes: number;
    }
  /** What the command of a RUN wrote: one or several lines, whole unless one is very long or the last has no end.
   * `elapsedMs` is since the command was started. Of a command that writes very much a part is left out, and a line says
   * so. */
  | {
      readonly type: "step.output";
      readonly step: StepInfo;
      readonly stream: "stdout" | "stderr";
      readonly text: string;
      readonly elapsedMs: number;
    }
  | {
      readonly type: "step.finished";
      readonly step: StepInfo;
      readonly outcome: StepOutcome;
      readonly durationMs: number;
    }
  | {
      readonly type: "step.failed";
      readonly step: StepInfo;
      readonly error: ErrorSummary;
      readonly durationMs: number;
    }
  /** Before the first step begins; see `BuildOptions.explain`. */
  | { readonly type: "base.explained"; readonly explanation: BaseExplanation }
  /** Before the step is executed, if it is; see `BuildOptions.explain`. */
  | { readonly type: "step.explained"; readonly step: StepInfo; readonly explanation: StepExplanation }
  | (OutputInfo & { readonly type: "output.started" })
  /** Of outputs that go through a pipe or over a network. The total of a push grows as it finds what must be sent. */
  | (OutputInfo & {
      readonly type: "output.progress";
      readonly doneBytes: number;
      readonly totalBytes: number;
    })
  | (OutputInfo & {
      readonly type: "output.finished";
      /** Bytes written or sent. */
      readonly size: number;
      /** `unchanged`: all was there already, nothing was written or sent. */
      readonly outcome: "written" | "unchanged";
      /** Of a push. */
      readonly blobs?: OutputBlobs | undefined;
      readonly durationMs: number;
    })
  | { readonly type: "build.finished"; readonly digest: Digest; readonly durationMs: number }
  | { readonly type: "build.failed"; readonly error: ErrorSummary }
);

type Untimed<Event> = Event extends unknown ? Omit<Event, "timeMs"> : never;

/** Sends an event; the time is added. */
export type EmitEvent = (event: Untimed<BuildEvent>) => void;

/** Sends events with their times to a listener. */
export function eventEmitter(listener: (event: BuildEvent) => void, now: () => number): EmitEvent {
  // Adding what Untimed took away gives the union back; the compiler cannot see it.
  return (event) => listener({ timeMs: now(), ...event } as BuildEvent);
}
