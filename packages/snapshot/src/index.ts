export type { Snapshot } from "./snapshot.js";
