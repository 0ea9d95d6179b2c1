import { livenessOf, type ProcessIdentity } from "../process/process-identity.js";
import type { LockOwner } from "./lock-folder.js";

/** Six beats missed. Measured by the waiter's own steady clock: the clocks of two machines need not agree. */
const STALE_AFTER_MS = 30_000;

/** Judges who holds a lock: by the process where that can be seen, else by whether its heartbeat still moves. */
export class OwnerWatch {
  readonly #self: ProcessIdentity;
  #seen: { readonly text: string; readonly beatMs: number; readonly sinceMs: number } | undefined;

  constructor(self: ProcessIdentity) {
    this.#self = self;
  }

  /** `nowMs` is of a clock that only goes forward. */
  hasGone(owner: LockOwner, nowMs: number): boolean {
    const liveness = owner.identity === undefined ? "unknown" : livenessOf(owner.identity, this.#self);
    if (liveness !== "unknown") return liveness === "dead";
    if (this.#seen?.text !== owner.text || this.#seen.beatMs !== owner.beatMs) {
      this.#seen = { text: owner.text, beatMs: owner.beatMs, sinceMs: nowMs };
    }
    return nowMs - this.#seen.sinceMs > STALE_AFTER_MS;
  }
}
