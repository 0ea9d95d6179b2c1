import type { Xattrs } from "@oci-build/oci";

/** Reads the extended attributes of an entry without following links; undefined when there are none. */
export type XattrReader = (path: string) => Xattrs | undefined;

interface XattrModule {
  listAttributesSync(path: string): readonly string[];
  getAttributeSync(path: string, name: string): Uint8Array | null;
}

type LoadXattrModule = () => Promise<XattrModule>;

/** A reader on the optional package @napi-rs/xattr, whose calls do not follow links and give nothing where the file
 * system has no attributes. Undefined where the package or its binary is missing. */
export async function loadXattrReader(load: LoadXattrModule = importAddon): Promise<XattrReader | undefined> {
  const addon = await loadOptional(load);
  return addon === undefined ? undefined : (path) => readXattrs(addon, path);
}

const importAddon: LoadXattrModule = () => import("@napi-rs/xattr");

async function loadOptional(load: LoadXattrModule): Promise<XattrModule | undefined> {
  try {
    return await load();
  } catch {
    // Whatever keeps it from loading (not installed, no binary for this system), the scan goes on without.
    return undefined;
  }
}

function readXattrs(addon: XattrModule, path: string): Xattrs | undefined {
  const names = addon.listAttributesSync(path).filter(isKept).sort();
  const found = new Map<string, Uint8Array>();
  for (const name of names) {
    const value = addon.getAttributeSync(path, name);
    if (value !== null) found.set(name, value);
  }
  return found.size === 0 ? undefined : found;
}

/** What belongs to the content of a file. The rest belongs to the host: labels (`security.selinux`), ACLs
 * (`system.*`), overlayfs's own marks (`trusted.*`, `user.overlay.*`), macOS's `com.apple.*`. */
export function isKept(name: string): boolean {
  if (name === "security.capability") return true;
  return name.startsWith("user.") && !name.startsWith("user.overlay.");
}
