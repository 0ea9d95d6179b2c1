import { type Caller, readSystemFile } from "./caller.js";
import { freeRange } from "./subordinate-ids.js";

/** Why a user namespace has one id only. */
export type SingleIdReason =
  | { readonly kind: "no-program"; readonly program: "newuidmap" | "newgidmap" }
  | { readonly kind: "no-range"; readonly file: "/etc/subuid" | "/etc/subgid" }
  | { readonly kind: "refused"; readonly detail: string }
  /** Root of a namespace that has no more. */
  | { readonly kind: "around" };

/** Why, in words for the middle of a sentence. */
export function describeSingleId(reason: SingleIdReason, { user }: Caller): string {
  const who = `user ${user.name ?? user.id}`;
  switch (reason.kind) {
    case "no-program":
      return `${reason.program} is not installed`;
    case "no-range":
      return `${reason.file} has no subordinate ids for ${who}`;
    case "refused":
      return `the subordinate ids of ${who} are refused: ${reason.detail}`;
    case "around":
      return "the user namespace around this process has no more";
  }
}

/** What an administrator can do about it. */
export function adviseOnSingleId(reason: SingleIdReason, { user }: Caller): string {
  switch (reason.kind) {
    case "no-program":
      return "Install newuidmap: package uidmap on Debian and Ubuntu, shadow-utils on Fedora, shadow on Arch, shadow-uidmap on Alpine.";
    case "no-range": {
      const both = readSystemFile("/etc/subuid") + readSystemFile("/etc/subgid");
      const { start, count } = freeRange(both);
      return `Add the line ${user.name ?? user.id}:${start}:${count} to /etc/subuid and to /etc/subgid.`;
    }
    case "refused":
      return "Check that newuidmap and newgidmap are setuid root, and that no container or service around this process forbids that.";
    case "around":
      return "Give the user namespace around this process the ids from 0 to 65535.";
  }
}
