import type { ChangeTree } from "./change-tree.js";
import type { CopyRequest } from "./copy-request.js";
export async function unpackArchive(_r: CopyRequest, _p: string, _t: ChangeTree): Promise<boolean> {
  return false;
}
