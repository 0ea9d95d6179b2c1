import type { FileReader, LayerFile } from "@oci-build/oci";
import { fileTreeOf, type Snapshot } from "@oci-build/snapshot";
import type { InlineFile } from "../plan/step.js";

const INLINE_FILE_MODE = 0o644;

/** A tree that holds one file, whose bytes stand in the Dockerfile. */
export function inlineSnapshot({ name, content }: InlineFile): Snapshot {
  const bytes = Buffer.from(content, "utf8");
  const file: LayerFile = {
    type: "file",
    path: name,
    mode: INLINE_FILE_MODE,
    uid: 0,
    gid: 0,
    mtimeSec: 0,
    size: bytes.length,
    open: () => bytesReader(bytes),
  };
  return fileTreeOf([file]);
}

function bytesReader(bytes: Uint8Array): FileReader {
  let at = 0;
  return {
    read(target) {
      const part = bytes.subarray(at, at + target.length);
      target.set(part);
      at += part.length;
      return part.length;
    },
    close: () => undefined,
  };
}
