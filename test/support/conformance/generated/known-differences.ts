import type { Discrepancy } from "./discrepancy.js";
import type { DockerfileText } from "./dockerfile-text.js";
import { onlyBuildahRefuses } from "./only-buildah-refuses.js";
import { onlyWeRefuse } from "./only-we-refuse.js";
import { otherReading } from "./other-reading.js";
import { otherValues } from "./other-values.js";

/** A way in which buildah 1.28.2 (imagebuilder) is known to differ from BuildKit, which we follow. */
export interface KnownDifference {
  readonly name: string;
  /** Where BuildKit's sources (paths below `frontend/dockerfile`) show that ours is right. */
  readonly shownBy: string;
  /** A file in which the builders differ in this way and in no other. */
  readonly example: string;
  readonly explains: (discrepancy: Discrepancy, file: DockerfileText) => boolean;
}

/** All differences that are known, each as narrow as it can be told from the text and from the results. */
export const knownDifferences: readonly KnownDifference[] = [
  ...otherReading,
  ...onlyWeRefuse,
  ...onlyBuildahRefuses,
  ...otherValues,
];

/** The known differences that explain a discrepancy; none for what is not known. Where both refuse, it suffices that
 * one of the two reasons is known, since the other builder need not mind it. */
export function explanationsOf(found: Discrepancy, file: DockerfileText): readonly KnownDifference[] {
  const parts = found.kind === "other reason" ? [found, ...reasonsOf(found)] : [found];
  return knownDifferences.filter((known) => parts.some((part) => known.explains(part, file)));
}

function reasonsOf({
  broken,
  message,
  buildah,
}: Extract<Discrepancy, { kind: "other reason" }>): readonly Discrepancy[] {
  return [
    { kind: "only buildah refuses", message: buildah },
    ...broken.map((rule) => ({ kind: "only we refuse", message, ...rule }) as const),
  ];
}
