import type { DeviceEntry, Entry, Xattrs } from "@oci-build/oci";

/** What two entries of one path can differ in. */
export type EntryAttribute =
  | "type"
  | "mode"
  | "uid"
  | "gid"
  | "mtime"
  | "xattrs"
  | "target"
  | "device"
  | "content"
  | "hard links";

/** The attributes that differ between two entries, but for what needs other entries or the bytes. */
export function changedAttributes(a: Entry, b: Entry, times: "compare" | "ignore"): EntryAttribute[] {
  const changed: EntryAttribute[] = [];
  if (a.type !== b.type) changed.push("type");
  if (a.mode !== b.mode) changed.push("mode");
  if (a.uid !== b.uid) changed.push("uid");
  if (a.gid !== b.gid) changed.push("gid");
  if (times === "compare" && a.mtimeSec !== b.mtimeSec) changed.push("mtime");
  if (!sameXattrs(a.xattrs, b.xattrs)) changed.push("xattrs");
  if (a.type === "symlink" && b.type === "symlink" && a.target !== b.target) changed.push("target");
  if (isDevice(a) && isDevice(b) && !sameDevice(a, b)) changed.push("device");
  return changed;
}

function sameXattrs(a: Xattrs | undefined, b: Xattrs | undefined): boolean {
  if ((a?.size ?? 0) !== (b?.size ?? 0)) return false;
  for (const [name, value] of a ?? []) {
    const other = b?.get(name);
    if (other === undefined || Buffer.compare(value, other) !== 0) return false;
  }
  return true;
}

function isDevice(entry: Entry): entry is DeviceEntry {
  return entry.type === "character-device" || entry.type === "block-device";
}

function sameDevice(a: DeviceEntry, b: DeviceEntry): boolean {
  return a.deviceMajor === b.deviceMajor && a.deviceMinor === b.deviceMinor;
}
