import { setTimeout as delay } from "node:timers/promises";
import type { OciBuildError } from "@oci-build/oci";
import { cacheError } from "../errors.js";
import { withLock } from "../lock/with-lock.js";
import type { StoreContext } from "../store/store-context.js";
import { makeMount } from "./make-mount.js";
import { isWhole, type MountFolder, mountFolder, mountKey, touchMount } from "./mount-folder.js";
import type { MountLease, MountRequest, MountUse } from "./mount-request.js";
import { addMountUser, type MountUser, mountUsers } from "./mount-users.js";
import { MOUNTS_LOCK } from "./mounts-lock.js";

const WARN_AFTER_MS = 10_000;
const FIRST_DELAY_MS = 5;
const LAST_DELAY_MS = 200;

/** Takes the folders of mounts. All are taken at once, so that two who take some never wait for each other. Requests for
 * the same mount get the same folder.
 * @throws OciBuildError CACHE_DISK_FULL, CACHE_NOT_WRITABLE, CACHE_IO_FAILED; the signal's reason while waiting */
export async function takeMounts(
  store: StoreContext,
  requests: readonly MountRequest[],
  { signal }: MountUse,
): Promise<MountLease> {
  const held = requests.length === 0 ? undefined : await acquire(store, distinct(requests), signal);
  const folders = requests.flatMap((request) => held?.get(mountKey(request))?.folder.data ?? []);
  const waiting = [...(held?.values() ?? [])];
  const release = async (): Promise<void> => {
    for (const mount of waiting.splice(0)) await leave(store, mount);
  };
  return { folders, release, [Symbol.asyncDispose]: release };
}

/** Requests for one mount are one use; an exclusive one wins. */
function distinct(requests: readonly MountRequest[]): Wanted {
  const wanted = new Map<string, MountRequest>();
  for (const request of requests) {
    const key = mountKey(request);
    if (request.sharing !== "shared" || !wanted.has(key)) wanted.set(key, request);
  }
  return wanted;
}

interface HeldMount {
  readonly folder: MountFolder;
  readonly removeUser: () => Promise<void>;
}

type Wanted = ReadonlyMap<string, MountRequest>;

/** Who is in the way, and of what. */
interface Blocked {
  readonly id: string;
  readonly user: MountUser;
}

async function acquire(
  store: StoreContext,
  wanted: Wanted,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, HeldMount>> {
  const startMs = performance.now();
  let delayMs = FIRST_DELAY_MS;
  let warning: "due" | "given" = "due";
  for (;;) {
    signal?.throwIfAborted();
    store.signal?.throwIfAborted();
    const places = await withLock(store, MOUNTS_LOCK, async () => {
      const found = await findPlaces(store, wanted);
      if ("user" in found) return found;
      const missing = await missingFolders(wanted, found.folders);
      return missing.length > 0 ? { missing } : { held: await takeAll(store, wanted, found.folders) };
    });
    if ("held" in places) return places.held;
    if ("missing" in places) {
      for (const { request, folder } of places.missing) await makeMount(store, folder, request);
      continue;
    }
    if (warning === "due" && performance.now() - startMs > WARN_AFTER_MS) {
      warning = "given";
      store.onWarning(waitWarning(store, places));
    }
    // Those that began to wait together do not ask together.
    await delay(delayMs * (0.5 + Math.random()), undefined, { signal: signal ?? store.signal });
    delayMs = Math.min(delayMs * 2, LAST_DELAY_MS);
  }
}

/** A folder for each mount that may be used now. */
async function findPlaces(
  store: StoreContext,
  wanted: Wanted,
): Promise<Blocked | { readonly folders: ReadonlyMap<string, MountFolder> }> {
  const folders = new Map<string, MountFolder>();
  for (const [key, { id, sharing }] of wanted) {
    for (let number = 0; ; number++) {
      const folder = mountFolder(store, key, number);
      const users = await mountUsers(store, folder);
      const user = sharing === "shared" ? users.find(({ use }) => use === "exclusive") : users[0];
      if (user !== undefined && sharing === "private") continue;
      if (user !== undefined) return { id, user };
      folders.set(key, folder);
      break;
    }
  }
  return { folders };
}

/** A folder that is not there, or not whole, and who asks for it. */
interface MissingFolder {
  readonly request: MountRequest;
  readonly folder: MountFolder;
}

async function missingFolders(
  wanted: Wanted,
  folders: ReadonlyMap<string, MountFolder>,
): Promise<readonly MissingFolder[]> {
  const missing: MissingFolder[] = [];
  for (const [key, request] of wanted) {
    const folder = folders.get(key);
    if (folder !== undefined && !(await isWhole(folder))) missing.push({ request, folder });
  }
  return missing;
}

async function takeAll(
  store: StoreContext,
  wanted: Wanted,
  folders: ReadonlyMap<string, MountFolder>,
): Promise<ReadonlyMap<string, HeldMount>> {
  const held = new Map<string, HeldMount>();
  try {
    for (const [key, folder] of folders) {
      const request = wanted.get(key);
      if (request === undefined) continue;
      await touchMount(store, folder);
      const use = request.sharing === "shared" ? "shared" : "exclusive";
      held.set(key, { folder, removeUser: await addMountUser(store, folder, use) });
    }
    return held;
  } catch (error) {
    for (const { removeUser } of held.values()) await removeUser();
    throw error;
  }
}

/** The time of the last use is that of its end. */
async function leave(store: StoreContext, { folder, removeUser }: HeldMount): Promise<void> {
  await touchMount(store, folder);
  await removeUser();
}

function waitWarning(store: StoreContext, { id, user }: Blocked): OciBuildError {
  const owner =
    user.pid === store.self.pid
      ? "another step"
      : user.pid === undefined
        ? "another process"
        : `process ${user.pid}`;
  return cacheError("CACHE_LOCK_WAIT", {
    message: `waiting for ${owner}, which uses the cache mount ${id}`,
    data: { lock: id, owner: String(user.pid ?? "unknown") },
  });
}
