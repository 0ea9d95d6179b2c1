import type { Xattrs } from "@oci-build/oci";
import type { ContentEntry } from "@oci-build/snapshot";
import type { AttributeChange } from "./file-change.js";

/** What differs between two entries of one path, or of a file that was renamed. */
export function attributeChanges(before: ContentEntry, after: ContentEntry): readonly AttributeChange[] {
  if (before.type !== after.type) return [{ name: "type", before: before.type, after: after.type }];
  return [
    ...contentChange(before, after),
    ...valueChange("target", targetOf(before), targetOf(after)),
    ...valueChange("device", deviceOf(before), deviceOf(after)),
    ...valueChange("mode", modeOf(before), modeOf(after)),
    ...valueChange("uid", ownerOf(before, "uid"), ownerOf(after, "uid")),
    ...valueChange("gid", ownerOf(before, "gid"), ownerOf(after, "gid")),
    ...xattrChanges(xattrsOf(before), xattrsOf(after)),
  ];
}

function valueChange(
  name: AttributeChange["name"],
  before: string | undefined,
  after: string | undefined,
): readonly AttributeChange[] {
  return before === after ? [] : [{ name, before, after }];
}

function contentChange(before: ContentEntry, after: ContentEntry): readonly AttributeChange[] {
  if (before.type !== "file" || after.type !== "file" || before.digest === after.digest) return [];
  return [{ name: "content", before: String(before.size), after: String(after.size) }];
}

function targetOf(entry: ContentEntry): string | undefined {
  return entry.type === "symlink" || entry.type === "hardlink" ? entry.target : undefined;
}

function deviceOf(entry: ContentEntry): string | undefined {
  if (entry.type !== "character-device" && entry.type !== "block-device") return undefined;
  return `${entry.deviceMajor}:${entry.deviceMinor}`;
}

function modeOf(entry: ContentEntry): string | undefined {
  return "mode" in entry ? entry.mode.toString(8).padStart(4, "0") : undefined;
}

function ownerOf(entry: ContentEntry, id: "uid" | "gid"): string | undefined {
  return id in entry && "uid" in entry ? String(entry[id]) : undefined;
}

function xattrsOf(entry: ContentEntry): Xattrs | undefined {
  return "xattrs" in entry ? entry.xattrs : undefined;
}

function xattrChanges(before: Xattrs | undefined, after: Xattrs | undefined): readonly AttributeChange[] {
  const names = [...new Set([...(before?.keys() ?? []), ...(after?.keys() ?? [])])].sort();
  return names
    .filter((name) => !sameBytes(before?.get(name), after?.get(name)))
    .map((name) => ({
      name: "xattr",
      before: before?.has(name) === true ? name : undefined,
      after: after?.has(name) === true ? name : undefined,
    }));
}

function sameBytes(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  return a === undefined || b === undefined ? a === b : Buffer.compare(a, b) === 0;
}
