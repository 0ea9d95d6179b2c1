import type { FileReader, LayerEntry, LayerEntryBatches } from "@oci-build/oci";

/** The entries of a layer as one line each: type, path, mode, owner, attributes, target, device or bytes. Times are left
 * out, since commands give their own. */
export async function layerLines(
  given: Iterable<LayerEntry> | LayerEntryBatches,
): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const entries of Symbol.iterator in given ? [given] : given)
    for (const entry of entries) found.push(await layerLine(entry));
  return found;
}

async function layerLine(entry: LayerEntry): Promise<string> {
  if (entry.type === "whiteout" || entry.type === "opaque") return `${entry.type} ${entry.path}`;
  const words = [entry.type, entry.path, entry.mode.toString(8)];
  if (entry.uid !== 0 || entry.gid !== 0) words.push(`${entry.uid}:${entry.gid}`);
  for (const [name, value] of entry.xattrs ?? [])
    words.push(`${name}=${Buffer.from(value).toString("latin1")}`);
  if ("target" in entry) words.push("->", entry.target);
  if ("deviceMajor" in entry) words.push(`${entry.deviceMajor},${entry.deviceMinor}`);
  if (entry.type === "file") words.push(await contentOf(await entry.open(), entry.size));
  return words.join(" ");
}

/** Short contents as they stand, of long ones the length. */
async function contentOf(reader: FileReader, size: number): Promise<string> {
  const buffer = Buffer.alloc(1 << 16);
  let text = "";
  let length = 0;
  for (let count = await reader.read(buffer); count > 0; count = await reader.read(buffer)) {
    if (length === 0) text = buffer.toString("latin1", 0, count);
    length += count;
  }
  await reader.close();
  if (length !== size) throw new Error(`${size} bytes expected, ${length} found`);
  return length > 40 ? `${length} bytes` : text;
}
