import { makeRegistryClient } from "../../src/client/make-registry-client.js";
import type { RegistryClient, RegistryClientOptions } from "../../src/client/registry-client.js";
import type { Clock } from "../../src/http/clock.js";
import { createTransport } from "../../src/http/create-transport.js";
import type { HttpLimits } from "../../src/http/http-limits.js";

/** A client that does not wait, and says how long it would have. */
export interface TestClient extends RegistryClient {
  readonly sleptMs: readonly number[];
}

/** What a client of the tests is made with. */
export interface TestClientOptions extends RegistryClientOptions {
  readonly limits?: Partial<HttpLimits> | undefined;
}

/** Makes a client over the real transport, on whose clock pauses take no time. */
export function testClient({ limits, ...options }: TestClientOptions = {}): TestClient {
  const sleptMs: number[] = [];
  const clock: Clock = {
    now: () => Date.now(),
    random: () => 0,
    sleep: async (ms, signal) => {
      sleptMs.push(ms);
      signal?.throwIfAborted();
    },
  };
  const transport = createTransport({ env: {}, ...options }, { clock, limits });
  return {
    ...makeRegistryClient({ transport, clock, signal: options.signal, onWarning: options.onWarning }),
    sleptMs,
  };
}

/** All bytes of a stream. */
export async function allBytes(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts);
}

/** The code of the error that something fails with, or "none". */
export async function codeOf(action: Promise<unknown>): Promise<string> {
  try {
    await action;
    return "none";
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
}

/** Bytes that a seed decides, so that a failure can be had again. */
export function seededBytes(length: number, seed: number): Buffer {
  const bytes = Buffer.alloc(length);
  let state = seed >>> 0 || 1;
  for (let at = 0; at < length; at++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[at] = state >>> 24;
  }
  return bytes;
}
