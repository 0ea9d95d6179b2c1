import { type Digest, decodeIndex, parseDigest } from "@oci-build/oci";
import { readBlob } from "../blobs/read-blob.js";
import { INDEX_MAX_BYTES } from "../images/image-index-store.js";
import { indexKind } from "../indexes/file-index-store.js";
import { decodeTree, treeDiffId } from "../layers/decode-tree.js";
import { treeKind } from "../layers/layer-store.js";
import { openSegments } from "../layers/segment-table.js";
import { decodeOutputs, outputKind } from "../outputs/output-store.js";
import { decodeProject } from "../projects/project-codec.js";
import { projectFile, projectKind } from "../projects/project-store.js";
import { readRecordFile } from "../records/record-store.js";
import { segmentsKind } from "../segments/read-segment-table.js";
import { readBounded } from "../store/read-file.js";
import { corrupt, readSealed } from "../store/sealed-file.js";
import type { StoreFile } from "../store/store-files.js";
import type { StorePaths } from "../store/store-paths.js";
import { decodeTombstones } from "../tombstones/tombstone-codec.js";
import { tombstoneKind } from "../tombstones/tombstone-store.js";
import type { DamageKind } from "./verify-report.js";

/** How the files of one kind are checked. */
export interface FileCheck {
  readonly kind: DamageKind;
  readonly place: { readonly folder: string } | { readonly file: string };
  /** @throws what is wrong */
  readonly check: (file: StoreFile) => Promise<void>;
}

/** The checks of all kinds of files, which together read everything that a build may read. */
export function storeChecks(paths: StorePaths): readonly FileCheck[] {
  return [
    { kind: "names", place: { file: paths.indexFile }, check: checkNames },
    { kind: "record", place: { folder: paths.records }, check: checkRecord },
    { kind: "segment-table", place: { folder: paths.segments }, check: checkSegments },
    { kind: "tree", place: { folder: paths.trees }, check: checkTree },
    { kind: "blob", place: { folder: paths.blobs }, check: checkBlob },
    { kind: "index", place: { folder: paths.indexes }, check: checkIndex },
    { kind: "project", place: { folder: paths.projects }, check: checkProject },
    { kind: "tombstones", place: { file: paths.tombstoneFile }, check: checkTombstones },
    { kind: "outputs", place: { file: paths.outputFile }, check: checkOutputs },
  ];
}

async function checkNames({ path }: StoreFile): Promise<void> {
  decodeIndex(await readBounded(path, INDEX_MAX_BYTES));
}

async function checkRecord({ path, name }: StoreFile): Promise<void> {
  await readRecordFile(path, digestOfName(name));
}

async function checkSegments({ path, name }: StoreFile): Promise<void> {
  const table = openSegments(await readSealed(path, segmentsKind));
  if (table.digest !== digestOfName(name)) throw corrupt(path, "it is the table of another blob");
  for (let row = 0; row < table.count; row++) table.segment(row);
}

async function checkTree({ path, name }: StoreFile): Promise<void> {
  const bytes = await readSealed(path, treeKind);
  if (treeDiffId(bytes) !== String(digestOfName(name)))
    throw corrupt(path, "it is the tree of another layer");
  decodeTree(bytes);
}

async function checkBlob({ path, name }: StoreFile): Promise<void> {
  for await (const chunk of readBlob(path, digestOfName(name))) void chunk;
}

async function checkIndex({ path }: StoreFile): Promise<void> {
  await readSealed(path, indexKind);
}

async function checkProject({ path, name }: StoreFile): Promise<void> {
  const { lastBuild } = decodeProject(await readSealed(path, projectKind));
  if (projectFile(lastBuild.project.id) !== name) throw corrupt(path, "it is the log of another project");
}

async function checkTombstones({ path }: StoreFile): Promise<void> {
  decodeTombstones(await readSealed(path, tombstoneKind));
}

async function checkOutputs({ path }: StoreFile): Promise<void> {
  decodeOutputs(await readSealed(path, outputKind));
}

function digestOfName(name: string): Digest {
  return parseDigest(`sha256:${name}`);
}
