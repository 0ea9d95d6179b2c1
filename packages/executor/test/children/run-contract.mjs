// Runs the contract's tests in this process's place: as its user, and with what its host allows. Ends with 0 when all pass.
import { fileURLToPath } from "node:url";
import { startVitest } from "vitest/node";

const conditions = ["oci-build:source"];
const vitest = await startVitest(
  "test",
  [fileURLToPath(new URL("../contract/executors.test.ts", import.meta.url))],
  {
    config: false,
    watch: false,
    root: fileURLToPath(new URL("../..", import.meta.url)),
    testTimeout: 30_000,
    cache: false,
  },
  { resolve: { conditions }, ssr: { resolve: { conditions } } },
);
const files = vitest.state.getFiles();
const isGood = files.length > 0 && files.every(({ result }) => result?.state === "pass");
await vitest.close();
process.exit(isGood ? 0 : 1);
