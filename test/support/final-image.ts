import { decompressedStream, type LayerEntry, readLayerTree, readTar, type TreeEntry } from "@oci-build/oci";
import { bytesReader, tree, treeLines } from "../../packages/snapshot/src/testing/tree-lines.js";

/** An image as any builder wrote it: its config document, and each layer's blob. */
export interface RawImage {
  readonly config: unknown;
  readonly layers: readonly Buffer[];
}

/** Both builders give `FROM scratch` this; it is left out of the lines. */
const DEFAULT_PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
const BUILDER_LABEL = "io.buildah.version";

/** What an image is, as lines: its config, then its file tree with all layers applied. Times, history and what has its
 * default value are left out. */
export async function finalImageLines({ config, layers }: RawImage): Promise<readonly string[]> {
  return [...configLines(config), ...(await finalTreeLines(layers))];
}

async function finalTreeLines(layers: readonly Buffer[]): Promise<readonly string[]> {
  let stacked = tree();
  for (const layer of layers) stacked = stacked.applyEntries(await layerEntries(layer));
  return treeLines(stacked);
}

/** The entries of a layer's blob, with their bytes. */
export async function layerEntries(layer: Buffer): Promise<readonly LayerEntry[]> {
  const bodies = new Map<number, Buffer>();
  for await (const { dataOffset, body } of readTar(decompressedStream(chunks(layer)))) {
    const parts: Uint8Array[] = [];
    for await (const part of body) parts.push(Uint8Array.from(part));
    bodies.set(dataOffset, Buffer.concat(parts));
  }
  const { entries } = await readLayerTree(decompressedStream(chunks(layer)));
  return entries.map((entry) => withBytes(entry, bodies));
}

function withBytes(entry: TreeEntry, bodies: ReadonlyMap<number, Buffer>): LayerEntry {
  if (entry.type !== "file") return entry;
  return { ...entry, open: () => bytesReader(bodies.get(entry.dataOffset) ?? Buffer.alloc(0)) };
}

async function* chunks(bytes: Buffer): AsyncGenerator<Uint8Array> {
  yield bytes;
}

function configLines(document: unknown): readonly string[] {
  const image = record(document);
  const config = record(image["config"]);
  const { Env, WorkingDir, Labels, ...rest } = config;
  const kept = Object.entries(record(Labels)).filter(([name]) => name !== BUILDER_LABEL);
  const platform = [image["os"], image["architecture"], image["variant"]].filter(Boolean).join("/");
  return [
    ...line("Platform", platform === `linux/${hostArchitecture()}` ? "" : platform),
    ...line("Author", image["author"]),
    ...list(Env).flatMap((pair) => (pair === DEFAULT_PATH ? [] : line("Env", pair))),
    ...line("WorkingDir", WorkingDir === "/" ? "" : WorkingDir),
    ...kept.sort().flatMap(([name, value]) => line("Label", `${name}=${String(value)}`)),
    ...["User", "StopSignal", "Entrypoint", "Cmd", "Shell", "OnBuild", "Healthcheck"].flatMap((name) =>
      line(name, rest[name]),
    ),
    ...["ExposedPorts", "Volumes"].flatMap((name) => line(name, Object.keys(record(rest[name])).sort())),
  ];
}

function hostArchitecture(): string {
  return { x64: "amd64", ia32: "386" }[process.arch as string] ?? process.arch;
}

function line(name: string, value: unknown): readonly string[] {
  const isEmpty = value === undefined || value === null || value === "";
  if (isEmpty || (Array.isArray(value) && value.length === 0)) return [];
  return [`${name}: ${typeof value === "string" ? value : JSON.stringify(sorted(value))}`];
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(record(value)).sort());
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
