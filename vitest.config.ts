import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { LongFilesFirst } from "./test/support/long-files-first.js";

/** Tests read sources, never `dist`, so a stale build cannot make them pass. */
const sourceCondition = "oci-build:source";

export default defineConfig({
  resolve: { conditions: [sourceCondition] },
  ssr: { resolve: { conditions: [sourceCondition] } },
  test: {
    include: [
      "packages/*/src/**/*.test.ts",
      "packages/*/test/**/*.test.ts",
      "test/**/*.test.ts",
      "bench/**/*.test.ts",
    ],
    exclude: ["**/node_modules/**", "**/fixtures/**", "**/dist/**"],
    globalSetup: ["./test/support/compile.ts", "./test/support/property-seed.ts"],
    setupFiles: "./test/support/seed-properties.ts",
    testTimeout: 30_000,
    // Hooks start registries and unpack systems. What is polled for comes at once, but where others have the cores.
    hookTimeout: 60_000,
    expect: { poll: { timeout: 10_000 } },
    // Vitest leaves one core alone, which of two is half; many tests wait for others' programs.
    maxWorkers: availableParallelism(),
    sequence: { sequencer: LongFilesFirst },
    restoreMocks: true,
  },
});
