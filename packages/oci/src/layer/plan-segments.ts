import { createHash, type Hash } from "node:crypto";
import type { Digest } from "../digest.js";
import type { FileEntry } from "../entry.js";
import { encodeEntryHeader } from "../tar/entry-header.js";
import { paddingBytes, TAR_END_BYTES } from "../tar/ustar-block.js";
import { beginsSegment, FILE_PART_BYTES, hasOwnSegments, SEGMENT_MAX_BYTES } from "./cut-policy.js";
import type { LayerEntry, LayerFile } from "./layer-entry.js";
import { headerOf } from "./layer-member.js";

/** An entry of a layer that is not written; the entries of a `LayerTree` are of this type. */
export type PlannedEntry = Exclude<LayerEntry, LayerFile> | (FileEntry & { readonly digest: Digest });

/** A segment of a layer that is not written. `rawSize` is its bytes before compression; two with one `content` have the
 * same bytes. */
export interface PlannedSegment {
  readonly rawSize: number;
  readonly content: string;
}

/** The segments that `writeLayer` would make of these entries, in their order, without reading a file: what of a layer
 * another one has can be told before it is written. */
export function planSegments(
  entries: Iterable<PlannedEntry>,
  options: { readonly clampMtimeSec?: number | undefined } = {},
): readonly PlannedSegment[] {
  const draft = new SegmentDraft();
  for (const entry of entries) planMember(draft, entry, options.clampMtimeSec ?? Number.POSITIVE_INFINITY);
  if (!draft.fits(TAR_END_BYTES)) draft.cut();
  draft.add("end", TAR_END_BYTES);
  draft.cut();
  return draft.segments;
}

function planMember(draft: SegmentDraft, entry: PlannedEntry, clampMtimeSec: number): void {
  const header = encodeEntryHeader(headerOf(entry, clampMtimeSec));
  const size = entry.type === "file" ? entry.size : 0;
  const isLarge = hasOwnSegments(size);
  const tarBytes = header.length + (isLarge ? 0 : size + paddingBytes(size));
  if (!draft.fits(tarBytes) || beginsSegment(entry.path, tarBytes)) draft.cut();
  draft.add(header, header.length);
  if (entry.type !== "file") return;
  if (isLarge) draft.cut();
  const partBytes = isLarge ? FILE_PART_BYTES : size;
  for (let done = 0; done < size; done += partBytes) {
    if (done > 0) draft.cut();
    draft.add(`${entry.digest} ${done}`, Math.min(partBytes, size - done));
  }
  if (isLarge) draft.cut();
  draft.add("padding", paddingBytes(size));
}

/** Gathers what a segment holds: bytes of headers as they are, of files by digest and place. */
class SegmentDraft {
  readonly segments: PlannedSegment[] = [];
  #hash: Hash = createHash("sha256");
  #size = 0;

  fits(byteCount: number): boolean {
    return this.#size + byteCount <= SEGMENT_MAX_BYTES;
  }

  add(content: string | Uint8Array, byteCount: number): void {
    if (byteCount === 0) return;
    this.#hash.update(`${byteCount} `).update(content);
    this.#size += byteCount;
  }

  cut(): void {
    if (this.#size === 0) return;
    this.segments.push({ rawSize: this.#size, content: this.#hash.digest("hex") });
    this.#hash = createHash("sha256");
    this.#size = 0;
  }
}
