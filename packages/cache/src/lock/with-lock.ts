import { setTimeout as delay } from "node:timers/promises";
import { cacheError } from "../errors.js";
import { livenessOf } from "../process/process-identity.js";
import type { StoreContext } from "../store/store-context.js";
import { startHeartbeat } from "./heartbeat.js";
import { type HeldLock, type LockOwner, readLock, takeLock } from "./lock-folder.js";

const HEARTBEAT_MS = 5_000;

/** Six beats missed. Measured by the waiter's own steady clock: the clocks of two machines need not agree. */
const STALE_AFTER_MS = 30_000;

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
  const watch = new OwnerWatch(store);
  let delayMs = FIRST_DELAY_MS;
  for (;;) {
    store.signal?.throwIfAborted();
    const { generation, owner } = await readLock(store, name);
    if (owner === undefined || watch.hasGone(owner)) {
      const held = await takeLock(store, { name, generation: generation + 1 });
      if (held !== undefined) return held;
    } else {
      watch.warnOfWait(name, owner);
      // Waiters that started together do not ask together.
      await delay(delayMs * (0.5 + Math.random()), undefined, { signal: store.signal });
      delayMs = Math.min(delayMs * 2, LAST_DELAY_MS);
    }
  }
}

/** Judges an owner: by its process where that can be seen, else by its heartbeat. */
class OwnerWatch {
  readonly #store: StoreContext;
  readonly #startMs: number = performance.now();
  #seen: { readonly text: string; readonly beatMs: number; readonly sinceMs: number } | undefined;
  #warned: "no" | "yes" = "no";

  constructor(store: StoreContext) {
    this.#store = store;
  }

  hasGone(owner: LockOwner): boolean {
    const liveness = owner.identity === undefined ? "unknown" : livenessOf(owner.identity, this.#store.self);
    if (liveness !== "unknown") return liveness === "dead";
    const nowMs = performance.now();
    if (this.#seen?.text !== owner.text || this.#seen.beatMs !== owner.beatMs) {
      this.#seen = { text: owner.text, beatMs: owner.beatMs, sinceMs: nowMs };
    }
    return nowMs - this.#seen.sinceMs > STALE_AFTER_MS;
  }

  warnOfWait(name: string, owner: LockOwner): void {
    if (this.#warned === "yes" || performance.now() - this.#startMs < WARN_AFTER_MS) return;
    this.#warned = "yes";
    const pid = owner.identity?.pid ?? "unknown";
    this.#store.onWarning(
      cacheError("CACHE_LOCK_WAIT", {
        message: `waiting for process ${pid}, which holds the cache's lock ${name}`,
        data: { lock: name, owner: owner.text },
      }),
    );
  }
}
