import { onTestFinished } from "vitest";
import type { RegistryClientOptions } from "../../src/client/registry-client.js";
import type { Clock } from "../../src/http/clock.js";
import { createTransport } from "../../src/http/create-transport.js";
import type { HttpLimits } from "../../src/http/http-limits.js";
import type { RegistryRequest, Transport } from "../../src/http/transport.js";

/** A clock that does not wait, but remembers how long it should have. */
export interface TestClock extends Clock {
  readonly pausesMs: readonly number[];
  advance(ms: number): void;
}

/** Begins at an hour that tests can name: 2026-01-01T00:00:00Z. */
export function testClock(): TestClock {
  let nowMs = Date.UTC(2026, 0, 1);
  const pausesMs: number[] = [];
  return {
    pausesMs,
    advance(ms) {
      nowMs += ms;
    },
    now: () => nowMs,
    random: () => 0,
    async sleep(ms, signal) {
      signal?.throwIfAborted();
      pausesMs.push(ms);
      nowMs += ms;
    },
  };
}

/** What a test's transport is made of. */
export interface TestTransportOptions extends RegistryClientOptions {
  readonly clock?: Clock | undefined;
  readonly limits?: Partial<HttpLimits> | undefined;
}

/** A transport that ends with the test, outside of any proxy, with what it warned of. */
export function testTransport(options: TestTransportOptions = {}): {
  readonly transport: Transport;
  readonly warnings: readonly string[];
} {
  const warnings: string[] = [];
  const { clock = testClock(), limits, ...rest } = options;
  const onWarning: RegistryClientOptions["onWarning"] = ({ code, message }) => {
    warnings.push(`${code} ${message}`);
  };
  const transport = createTransport({ env: {}, onWarning, ...rest }, { clock, limits });
  onTestFinished(() => transport.close());
  return { transport, warnings };
}

/** A request that reads a manifest of `team/app`, or what is given. */
export function readRequest(registry: string, request: Partial<RegistryRequest> = {}): RegistryRequest {
  return {
    method: "GET",
    registry,
    target: "/v2/team/app/manifests/latest",
    scopes: [{ repository: "team/app", actions: ["pull"] }],
    expect: [200],
    retry: "safe",
    ...request,
  };
}

/** The whole body of an answer as text. */
export async function textOf(transport: Transport, request: RegistryRequest): Promise<string> {
  const answer = await transport.request(request);
  return (await answer.bytes(1024 * 1024)).toString("utf8");
}
