export const progressModes = ["auto", "plain", "tty", "rawjson", "quiet"] as const;

/** How a build is shown. */
export type ProgressMode = (typeof progressModes)[number];
