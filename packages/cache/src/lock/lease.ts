import { readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { systemErrorCode } from "@oci-build/oci";
import { livenessOf } from "../process/process-identity.js";
import { writeNewFile } from "../store/new-file.js";
import type { StoreContext } from "../store/store-context.js";
import { storeError } from "../store/store-error.js";
import { readFolder } from "../store/store-files.js";
import { ownedName, ownerOfName } from "../store/temporary-name.js";
import { startHeartbeat } from "./heartbeat.js";

/** Says that a build works with the store: nothing used since the lease began is collected while it is held.
 * Disposing releases it; the end of its process does too. */
export interface Lease extends AsyncDisposable {
  release(): Promise<void>;
}

const HEARTBEAT_MS = 60_000;

/** For leases of processes that cannot be seen from here. An hour of heartbeats, whatever two clocks differ by. */
const STALE_AFTER_MS = 3_600_000;

/** Takes a lease. Before the first look-up of a build. */
export async function takeLease(store: StoreContext): Promise<Lease> {
  const path = join(store.paths.leases, ownedName(store.self));
  try {
    await writeNewFile(store, path, String(Math.floor(store.now() / 1000)));
  } catch (error) {
    // On a full disk an empty file is left, which would count as a lease for as long as this process runs.
    await rm(path, { force: true });
    throw storeError(error, path);
  }
  const stopHeartbeat = startHeartbeat(path, HEARTBEAT_MS);
  const release = async (): Promise<void> => {
    stopHeartbeat();
    await rm(path, { force: true });
  };
  return { release, [Symbol.asyncDispose]: release };
}

/** When a lease was taken, by the clock of its store. One that is still being written was taken just now. */
export async function leaseStartMs(
  store: StoreContext,
  lease: { readonly name: string; readonly beatMs: number },
): Promise<number> {
  const path = join(store.paths.leases, lease.name);
  try {
    const text = await readFile(path, "latin1");
    return /^[0-9]{1,12}$/.test(text) ? Number(text) * 1000 : lease.beatMs;
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return Number.POSITIVE_INFINITY;
    throw storeError(error, path);
  }
}

/** Whether the process that took a lease of this name still holds it. */
export function isLive(
  store: StoreContext,
  lease: { readonly name: string; readonly beatMs: number },
): boolean {
  const owner = ownerOfName(lease.name);
  const liveness = owner === undefined ? "unknown" : livenessOf(owner, store.self);
  return liveness === "unknown" ? Math.abs(Date.now() - lease.beatMs) < STALE_AFTER_MS : liveness === "alive";
}

/** The names of all leases with the time of their last heartbeat, stale ones too. */
export async function listLeases(
  store: StoreContext,
): Promise<readonly { readonly name: string; readonly beatMs: number }[]> {
  const leases = [];
  for (const name of await readFolder(store.paths.leases)) {
    const beatMs = await beatOf(join(store.paths.leases, name));
    if (beatMs !== undefined) leases.push({ name, beatMs });
  }
  return leases;
}

async function beatOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).mtimeMs;
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return undefined;
    throw storeError(error, path);
  }
}
