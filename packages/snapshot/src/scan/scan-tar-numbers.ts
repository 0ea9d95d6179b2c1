import { cleanArchivePath, type TarHeader } from "@oci-build/oci";
import { layerInvalid } from "../tree/layer-invalid.js";

/** Refuses a member whose owner or device no Linux file system could hold: they have 32 bits there and in the columns.
 * Owners that are not kept may be any.
 * @throws OciBuildError SNAPSHOT_LAYER_INVALID */
export function checkNumbers(header: TarHeader, owners: "kept" | "replaced"): void {
  const { type, uid, gid, first, second } = header;
  const isDevice = type === "character-device" || type === "block-device";
  if (owners === "kept" && !(isId(uid) && isId(gid))) throw tooLarge(header, "an owner");
  if (isDevice && !(isId(first) && isId(second))) throw tooLarge(header, "a device number");
}

function isId(value: number): boolean {
  return value >>> 0 === value;
}

function tooLarge({ directory, name }: TarHeader, what: string): Error {
  return layerInvalid(cleanArchivePath(directory + name), `it has ${what} of more than 32 bits`);
}
