import { imageContent } from "@oci-build/oci";
import {
  formatReference,
  type PushReport,
  pushImage,
  type RegistryClient,
  type RepositoryName,
} from "@oci-build/registry";
import type { OutputBlobs } from "../events/build-event.js";
import type { BuiltOutput } from "../options/build-result.js";
import type { PushTarget } from "../options/resolve-outputs.js";
import type { OutputImage } from "./output-image.js";
import { outputProgress, sumOfBlobs } from "./output-progress.js";
import { tellOutput } from "./tell-output.js";
import type { ResultContext } from "./write-result.js";

/** Pushes an image to its repositories, one after the other. Layers are mounted, where the registry can, from the
 * repository that the base was found in and from those that were pushed to before; what must be sent comes from the
 * store, and what the store lacks of the base from where the base is.
 * @throws OciBuildError those of `pushImage` */
export async function pushOutput(
  targets: readonly PushTarget[],
  image: OutputImage,
  context: Pick<ResultContext, "emit" | "registries" | "signal">,
): Promise<BuiltOutput> {
  const client = await context.registries();
  const made: Pushed[] = [];
  for (const [at, target] of targets.entries()) {
    made.push(await pushTo(target, image, { ...context, client, before: targets.slice(0, at) }));
  }
  const isUnchanged = made.every(({ outcome }) => outcome === "unchanged");
  return {
    kind: "push",
    names: made.flatMap(({ names }) => names),
    bytesSent: made.reduce((sum, { size }) => sum + size, 0),
    outcome: isUnchanged ? "unchanged" : "written",
  };
}

interface Pushed {
  readonly names: readonly string[];
  readonly size: number;
  readonly outcome: "written" | "unchanged";
  readonly blobs: OutputBlobs;
}

interface PushContext extends Pick<ResultContext, "emit" | "signal"> {
  readonly client: Pick<RegistryClient, "repository">;
  /** The repositories that have the image by now. */
  readonly before: readonly RepositoryName[];
}

async function pushTo(
  target: PushTarget,
  { image, layers }: OutputImage,
  { client, before, emit, signal }: PushContext,
): Promise<Pushed> {
  const { tags } = target;
  const root = image.manifest.descriptor;
  const names = targetNames(target, root.digest);
  const label = { action: "push", destination: names.join(", ") } as const;
  const blobs = imageContent([{ ...image, names: [] }], layers.passed).blobs;
  return tellOutput(label, emit, async () => {
    const report = await pushImage(client.repository(target), {
      ...{ blobs, root, tags, signal },
      mountFrom: ({ digest }) => {
        const origin = layers.mountFrom(digest);
        return repositoriesBeside(target, [...(origin === undefined ? [] : [origin]), ...before]);
      },
      onProgress: sumOfBlobs(outputProgress(label, emit)),
    });
    const isUnchanged = report.manifests.length === 0;
    return {
      names,
      size: report.bytesSent,
      outcome: isUnchanged ? "unchanged" : "written",
      blobs: countOutcomes(report),
    } as const;
  });
}

function targetNames({ tags, ...name }: PushTarget, digest: PushReport["digest"]): readonly string[] {
  return tags.length === 0
    ? [formatReference({ ...name, digest })]
    : tags.map((tag) => formatReference({ ...name, tag }));
}

/** Other repositories of the same registry. */
function repositoriesBeside(target: RepositoryName, others: readonly RepositoryName[]): readonly string[] {
  const near = others.filter(({ registry }) => registry === target.registry);
  return [...new Set(near.map(({ repository }) => repository))].filter((name) => name !== target.repository);
}

function countOutcomes({ blobs }: PushReport): OutputBlobs {
  const count = (wanted: string): number => blobs.filter(({ outcome }) => outcome === wanted).length;
  return { uploaded: count("uploaded"), mounted: count("mounted"), present: count("present") };
}
