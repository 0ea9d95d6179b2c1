import { setTimeout as delay } from "node:timers/promises";
import type { OciBuildError } from "@oci-build/oci";
import { cacheError } from "../errors.js";
import type { StoreContext } from "../store/store-context.js";
import { startHeartbeat } from "./heartbeat.js";
import { type HeldLock, type LockOwner, readLock, takeLock } from "./lock-folder.js";
import { OwnerWatch } from "./owner-watch.js";

const HEARTBEAT_MS = 5_000;

const WARN_AFTER_MS = 10_000;
const FIRST_DELAY_MS = 2;
const LAST_DELAY_MS = 200;

/** Does some work while no other process, and nothing else in this one, holds the lock of this name (lower-case
 * letters, digits and hyphens). A lock whose process has ended is taken over. Not reentrant.
 * @throws OciBuildError CACHE_NOT_WRITABLE, CACHE_DISK_FULL, CACHE_IO_FAILED; the signal's reason while waiting */
export async function withLock<T>(store: StoreContext, name: string, work: () => Promise<T>): Promise<T> {
  if (!/^[a-z0-9-]+$/.test(name)) throw new Error(`not a name for a lock: ${name}`);
  const held = await acquire(store, name);
  const stopHeartbeat = startHeartbeat(held.ownerFile, HEARTBEAT_MS);
  try {
    return await work();
  } finally {
    stopHeartbeat();
    await held.release();
  }
}

async function acquire(store: StoreContext, name: string): Promise<HeldLock> {
  const watch = new OwnerWatch(store.self);
  const startMs = performance.now();
  let delayMs = FIRST_DELAY_MS;
  let warning: "due" | "given" = "due";
  for (;;) {
    store.signal?.throwIfAborted();
    const { generation, owner } = await readLock(store, name);
    if (owner === undefined || watch.hasGone(owner, performance.now())) {
      const held = await takeLock(store, { name, generation: generation + 1 });
      if (held !== undefined) return held;
    } else {
      if (warning === "due" && performance.now() - startMs > WARN_AFTER_MS) {
        warning = "given";
        store.onWarning(waitWarning(name, owner));
      }
      // Waiters that started together do not ask together.
      await delay(delayMs * (0.5 + Math.random()), undefined, { signal: store.signal });
      delayMs = Math.min(delayMs * 2, LAST_DELAY_MS);
    }
  }
}

function waitWarning(name: string, owner: LockOwner): OciBuildError {
  return cacheError("CACHE_LOCK_WAIT", {
    message: `waiting for process ${owner.identity?.pid ?? "unknown"}, which holds the cache's lock ${name}`,
    data: { lock: name, owner: owner.text },
  });
}
