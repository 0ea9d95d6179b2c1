import type { IdMapping } from "../space/id-space.js";

/** What GNU tar is told to unpack a tar of ours from stdin.
 *
 * `--absolute-names`, so that links to absolute paths are made at once, not put off as if names could lead through them:
 * all names are relative. Warnings about times and attributes say nothing that a build could change. */
export function extractArguments(mapping: IdMapping): readonly string[] {
  return [
    "--extract",
    "--file=-",
    "--blocking-factor=256",
    "--read-full-records",
    "--absolute-names",
    "--numeric-owner",
    mapping === "single" ? "--no-same-owner" : "--same-owner",
    "--same-permissions",
    "--delay-directory-restore",
    "--xattrs",
    "--xattrs-include=*",
    "--warning=no-timestamp",
    "--warning=no-unknown-keyword",
    "--warning=no-xattr-write",
  ];
}
