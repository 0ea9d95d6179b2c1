import { createHash } from "node:crypto";
import { digestOf } from "../digest.js";
import type { Descriptor } from "../image/descriptor.js";
import { descriptorShape } from "../image/document-shapes.js";
import type { ShapeProblem } from "../json/shape.js";
import { blobPath } from "../layout/blob-path.js";
import { at } from "./check-document.js";
import type { Validation } from "./validation.js";

/** A descriptor that can be followed, whatever else is wrong in its document. */
export function usableDescriptor(value: unknown): Descriptor | undefined {
  const problems: ShapeProblem[] = [];
  descriptorShape(value, "", problems);
  const needed = ["", "/mediaType", "/digest", "/size"];
  return problems.some(({ path }) => needed.includes(path)) ? undefined : (value as Descriptor);
}

/** A descriptor and where it stands. */
export interface PlacedDescriptor {
  readonly descriptor: Descriptor;
  readonly document: string;
  readonly pointer: string;
}

/** Recomputes digest and size of a blob. Gives false when the image does not have it. */
export async function checkBlob(validation: Validation, placed: PlacedDescriptor): Promise<boolean> {
  const { descriptor, document, pointer } = placed;
  checkData(validation, placed);
  const { blobSizes, log } = validation;
  if (!blobSizes.has(descriptor.digest)) {
    blobSizes.set(descriptor.digest, await hashBlob(validation, descriptor));
  }
  const found = blobSizes.get(descriptor.digest);
  if (found === undefined) {
    const stated = `blob ${descriptor.digest}`;
    log.add({ path: at(document, pointer), rule: "blob.missing", stated, found: "absent" });
    return false;
  }
  if (found !== descriptor.size) {
    const path = at(document, `${pointer}/size`);
    log.add({ path, rule: "blob.size", stated: String(descriptor.size), found: String(found) });
  }
  return true;
}

async function hashBlob(
  { source, log, signal }: Validation,
  { digest }: Descriptor,
): Promise<number | undefined> {
  const path = blobPath(digest);
  if ((await source.files.size(path)) === undefined) return undefined;
  const hash = createHash("sha256");
  let size = 0;
  for await (const chunk of source.files.read(path)) {
    signal?.throwIfAborted();
    hash.update(chunk);
    size += chunk.length;
  }
  const found = `sha256:${hash.digest("hex")}`;
  if (found !== digest) log.add({ path, rule: "blob.digest", stated: digest, found });
  return size;
}

function checkData({ log }: Validation, { descriptor, document, pointer }: PlacedDescriptor): void {
  if (typeof descriptor.data !== "string") return;
  const found = digestOf(Buffer.from(descriptor.data, "base64"));
  if (found === descriptor.digest) return;
  log.add({
    path: at(document, `${pointer}/data`),
    rule: "descriptor.data",
    stated: descriptor.digest,
    found,
  });
}
