import type { FileReader, LayerFile } from "@oci-build/oci";

/** A file entry whose bytes are a text. */
export function textFile(path: string, text: string, meta: Partial<LayerFile> = {}): LayerFile {
  const bytes = Buffer.from(text);
  const open = (): FileReader => {
    let at = 0;
    return {
      read(target) {
        const count = bytes.copy(target, 0, at);
        at += count;
        return count;
      },
      close: () => undefined,
    };
  };
  return { type: "file", path, mode: 0o644, uid: 0, gid: 0, mtimeSec: 0, size: bytes.length, open, ...meta };
}
