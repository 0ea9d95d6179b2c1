import { type DiffId, type LayerRows, type LayerTree, OciBuildError, type TreeEntry } from "@oci-build/oci";
import { corrupt } from "../store/sealed-file.js";
import { decodeRows } from "./decode-rows.js";
import { entriesOfRows } from "./decode-tree.js";

/** Where a tree's bytes come from. */
interface TreeFile {
  readonly diffId: DiffId;
  readonly path: string;
  readonly bytes: Buffer;
}

/** A tree of the store. A build that changes nothing never looks into its trees, so they are decoded when asked for.
 * The seal held, so that a failure then is a bug of the writer. `known` are its entries where it was just written. */
export function storedTree(file: TreeFile, known?: readonly TreeEntry[]): LayerTree {
  let rows: LayerRows | undefined;
  let entries = known;
  const openedRows = (): LayerRows => {
    rows ??= readableRows(file);
    return rows;
  };
  return {
    diffId: file.diffId,
    get entries(): readonly TreeEntry[] {
      entries ??= entriesOfRows(openedRows());
      return entries;
    },
    get rows(): LayerRows {
      return openedRows();
    },
  };
}

/** Rows whose failures name their file. */
function readableRows(file: TreeFile): LayerRows {
  const rows = openRows(file);
  return {
    count: rows.count,
    digests: rows.digests,
    *[Symbol.iterator]() {
      try {
        yield* rows;
      } catch (error) {
        throw failure(file, error);
      }
    },
  };
}

function openRows(file: TreeFile): LayerRows {
  try {
    return decodeRows(file.bytes);
  } catch (error) {
    throw failure(file, error);
  }
}

function failure({ path }: TreeFile, error: unknown): OciBuildError {
  return error instanceof OciBuildError ? error : corrupt(path, "its inner lengths do not fit", error);
}
