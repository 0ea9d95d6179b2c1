import type { Entitlement, ExecutorChoice, RunNetwork } from "./run-options.js";

/** All back ends by their names, as `--executor` takes them. */
export const executorChoices: readonly ExecutorChoice[] = ["auto", "runc", "crun", "util-linux"];

/** The networks of a RUN. */
export const runNetworks: readonly RunNetwork[] = ["default", "none", "host"];

/** What RUN needs the builder's leave for. */
export const entitlements: readonly Entitlement[] = ["network.host", "security.insecure"];
