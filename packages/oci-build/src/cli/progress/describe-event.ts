import type { BuildEvent, FetchedLayer, OutputInfo } from "../../events/build-event.js";
import { formatBytes, formatSeconds } from "./format-quantity.js";

/** An event as a line; lines of one piece of work share its `work`. */
export interface DescribedEvent {
  readonly work: string | undefined;
  readonly line: string;
}

/** What an event has to say to people, or undefined. */
export function describeEvent(event: BuildEvent): DescribedEvent | undefined {
  switch (event.type) {
    case "warning":
      return { work: undefined, line: `WARNING: ${describeWarning(event)}` };
    case "image.resolving":
      return { work: imageWork(event), line: `[internal] load metadata for ${event.image.name}` };
    case "image.resolved":
      return { work: imageWork(event), line: `DONE ${formatSeconds(event.durationMs)}` };
    case "stage.based":
      return { work: event.step.id, line: event.step.name };
    case "layer.fetching":
      return { work: event.layer.digest, line: fetchedName(event.layer) };
    case "layer.fetched":
      return { work: event.layer.digest, line: `DONE ${formatSeconds(event.durationMs)}` };
    case "cache.imported":
      return { work: `import ${event.stepName}`, line: importedName(event) };
    case "cache.exporting":
      return { work: `export ${event.dir}`, line: exportName(event) };
    case "cache.exported":
      return {
        work: `export ${event.dir}`,
        line: `DONE ${formatSeconds(event.durationMs)}  ${recordCount(event)}`,
      };
    case "context.started":
      return { work: `context ${event.root}`, line: `scan build context ${event.root}` };
    case "context.scanned":
      return {
        work: `context ${event.root}`,
        line: `DONE ${formatSeconds(event.durationMs)}  ${event.entries} entries`,
      };
    case "step.started":
      return { work: event.step.id, line: event.step.name };
    case "step.finished":
      return { work: event.step.id, line: describeOutcome(event) };
    case "step.failed":
      return { work: event.step.id, line: `ERROR: ${event.error.message}` };
    case "output.started":
      return { work: outputWork(event), line: nameOutput(event) };
    case "output.finished":
      return {
        work: outputWork(event),
        line: `DONE ${formatSeconds(event.durationMs)}  ${describeOutput(event)}`,
      };
    case "build.started":
    case "build.planned":
    case "step.progress":
    case "step.output":
    case "layer.progress":
    case "output.progress":
    case "base.explained":
    case "step.explained":
    case "build.finished":
    case "build.failed":
      return undefined;
  }
}

/** A layer that is fetched, for people: its short digest is what registries' pages show. */
export function fetchedName({ image, digest, size }: FetchedLayer): string {
  return `fetch ${digest.slice(0, SHORT_DIGEST_CHARS)} ${formatBytes(size)} of ${image}`;
}

/** What was taken from an import, for people. */
export function importedName({
  stepName,
  from,
  size,
}: Extract<BuildEvent, { type: "cache.imported" }>): string {
  return `import ${formatBytes(size)} from ${from} for ${stepName}`;
}

/** Where the cache goes, for people. */
export function exportName({ dir }: Pick<Extract<BuildEvent, { type: "cache.exporting" }>, "dir">): string {
  return `export cache to ${dir}`;
}

/** How much an export came to. */
export function recordCount({
  records,
}: Pick<Extract<BuildEvent, { type: "cache.exported" }>, "records">): string {
  return records === 1 ? "1 record" : `${records} records`;
}

const SHORT_DIGEST_CHARS = "sha256:".length + 12;

/** What the events of one image share. */
export function imageWork({
  image,
}: Extract<BuildEvent, { type: "image.resolving" | "image.resolved" }>): string {
  return `image ${image.name} ${image.platform}`;
}

/** What is told of a warning. */
export type Warning = Pick<Extract<BuildEvent, { type: "warning" }>, "code" | "hint" | "message" | "place">;

/** A warning's text with its code and, where it has them, its place and what would help. */
export function describeWarning(warning: Warning): string {
  const { message, code, place, hint } = warning;
  const where = place === undefined ? "" : ` (${place.file}:${place.span.start.line})`;
  return `${message} [${code}]${where}${hint === undefined ? "" : `: ${hint}`}`;
}

/** What the events of one output share. */
export function outputWork({ action, destination }: OutputInfo): string {
  return `output ${action} ${destination}`;
}

/** How people are told of an output: what is done, and where to. */
export function nameOutput({ action, destination }: OutputInfo): string {
  if (action === "load") return `load into ${destination}`;
  return `${action} ${destination === "-" ? "to standard output" : destination}`;
}

/** What an output came to. */
export function describeOutput({
  size,
  outcome,
  blobs,
}: Extract<BuildEvent, { type: "output.finished" }>): string {
  const counts = blobs === undefined ? [] : Object.entries(blobs).filter(([, count]) => count > 0);
  const shown = counts.map(([name, count]) => `, ${count} ${name}`).join("");
  return `${formatBytes(size)}${shown}${outcome === "unchanged" ? ", unchanged" : ""}`;
}

function describeOutcome({ outcome, durationMs }: Extract<BuildEvent, { type: "step.finished" }>): string {
  if (outcome.status === "cached") return "CACHED";
  const layer = outcome.layer === undefined ? "no change" : `layer ${formatBytes(outcome.layer.size)}`;
  return `DONE ${formatSeconds(durationMs)}  ${layer}`;
}
