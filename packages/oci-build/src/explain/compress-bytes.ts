import { type PlannedEntry, planSegments } from "@oci-build/oci";

/** A layer that an earlier build made: its members, and the form in which it is kept. */
export interface EarlierLayer {
  readonly entries: readonly PlannedEntry[];
  readonly form: string;
}

/** A layer that is to be made. */
export interface PlannedLayer {
  readonly entries: Iterable<PlannedEntry>;
  readonly form: string;
  readonly clampMtimeSec: number | undefined;
}

/** How many bytes of a layer's tar have to be compressed at most: those in segments that the earlier layer does not
 * have. Other layers may have some of them, too. */
export function compressBytes(planned: PlannedLayer, earlier: EarlierLayer | undefined): number {
  const { entries, form, clampMtimeSec } = planned;
  const isReusable = earlier !== undefined && compressorOf(earlier.form) === compressorOf(form);
  const kept = new Set(isReusable ? planSegments(earlier.entries).map(({ content }) => content) : []);
  return planSegments(entries, { clampMtimeSec })
    .filter(({ content }) => !kept.has(content))
    .reduce((sum, { rawSize }) => sum + rawSize, 0);
}

/** What decides a segment's compressed bytes: all of a form but the times, which stand in the headers. */
function compressorOf(form: string): string {
  return form.split(";").slice(0, -1).join(";");
}
