/** The lock under which folders of mounts are given out and collected. Never for long: all mounts wait for it. */
export const MOUNTS_LOCK = "mounts";
