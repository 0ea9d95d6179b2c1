import { MemoryIndexStore } from "../src/testing/memory-index-store.js";
import { describeDigestIndexStore } from "./describe-digest-index-store.js";

describeDigestIndexStore("in memory", () => Promise.resolve(new MemoryIndexStore()));
