import { readSystemFile } from "./caller.js";

/** Settings of the kernel that forbid normal users their namespaces, each with what it is to be instead. The first is
 * Debian's and Arch's, the last Ubuntu's since 23.10. They are only read to advise: what works is tried. */
const SETTINGS: readonly { readonly name: string; readonly blocks: string; readonly wanted: string }[] = [
  { name: "kernel.unprivileged_userns_clone", blocks: "0", wanted: "1" },
  { name: "user.max_user_namespaces", blocks: "0", wanted: "15000" },
  { name: "user.max_mnt_namespaces", blocks: "0", wanted: "15000" },
  { name: "kernel.apparmor_restrict_unprivileged_userns", blocks: "1", wanted: "0" },
];

/** What a system administrator would have to set, as `sysctl` takes it. */
export function blockingSettings(read: (path: string) => string = readSystemFile): readonly string[] {
  return SETTINGS.filter(
    ({ name, blocks }) => read(`/proc/sys/${name.replaceAll(".", "/")}`).trim() === blocks,
  ).map(({ name, wanted }) => `${name}=${wanted}`);
}
