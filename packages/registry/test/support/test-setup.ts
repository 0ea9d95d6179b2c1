import type { Repository } from "../../src/client/repository.js";
import type { MemoryRegistryOptions } from "./exchange.js";
import { type MemoryRegistry, startMemoryRegistry } from "./memory-registry.js";
import type { RegistryState } from "./registry-state.js";
import { type TestClient, type TestClientOptions, testClient } from "./test-client.js";

/** A registry, a client and the repository `team/app`. */
export interface TestSetup extends AsyncDisposable {
  readonly registry: MemoryRegistry;
  readonly state: RegistryState;
  readonly client: TestClient;
  readonly repository: Repository;
  lines(): readonly string[];
}

/** Starts what most tests need. */
export async function setUp(
  options: MemoryRegistryOptions = {},
  clientOptions: TestClientOptions = {},
): Promise<TestSetup> {
  const registry = await startMemoryRegistry(options);
  const client = testClient(clientOptions);
  return {
    registry,
    state: registry.state,
    client,
    repository: client.repository({ registry: registry.host, repository: "team/app" }),
    lines: () => registry.lines(),
    async [Symbol.asyncDispose]() {
      await client.close();
      await registry[Symbol.asyncDispose]();
    },
  };
}
