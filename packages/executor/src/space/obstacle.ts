/** Why no command can run here, as found by trying. `detail` is what the host said. */
export type ExecutorObstacle =
  | { readonly kind: "platform"; readonly platform: string }
  | { readonly kind: "architecture"; readonly architecture: string }
  | { readonly kind: "image-system"; readonly os: string }
  | { readonly kind: "programs-missing"; readonly programs: readonly string[] }
  | { readonly kind: "program-unfit"; readonly program: FittingProgram; readonly detail: string }
  | { readonly kind: "namespaces-refused"; readonly detail: string; readonly settings: readonly string[] }
  | { readonly kind: "mount-refused"; readonly detail: string }
  | { readonly kind: "runtime-missing"; readonly runtime: "runc" | "crun" }
  | { readonly kind: "runtime-broken"; readonly runtime: "runc" | "crun"; readonly detail: string };

/** Programs that other projects have, too, which do not do what we need. */
export type FittingProgram = "tar" | "timeout" | "unshare";

/** The obstacle, in words for the middle of a sentence. */
export function describeObstacle(obstacle: ExecutorObstacle): string {
  switch (obstacle.kind) {
    case "platform":
      return `RUN needs Linux, and this is ${platformNames.get(obstacle.platform) ?? obstacle.platform}`;
    case "architecture":
      return `this machine cannot run programs for ${obstacle.architecture}`;
    case "image-system":
      return `the image is for ${platformNames.get(obstacle.os) ?? obstacle.os}, and only images for Linux can be run`;
    case "programs-missing":
      return `${listOf(obstacle.programs)} ${obstacle.programs.length === 1 ? "is" : "are"} not installed`;
    case "program-unfit":
      return withDetail(
        `the ${obstacle.program} on PATH is not that of ${fitting[obstacle.program][0]}`,
        obstacle,
      );
    case "namespaces-refused":
      return withDetail("namespaces cannot be made", obstacle);
    case "mount-refused":
      return withDetail("a new /proc cannot be mounted", obstacle);
    case "runtime-missing":
      return `${obstacle.runtime} is not installed`;
    case "runtime-broken":
      return withDetail(`${obstacle.runtime} runs no command`, obstacle);
  }
}

/** What would help. */
export function adviseOnObstacle(obstacle: ExecutorObstacle): string {
  switch (obstacle.kind) {
    case "platform":
      return "Build on Linux: in a virtual machine, WSL 2, a dev container or CI; or choose a stage without RUN with --target.";
    case "architecture":
      return "Have an administrator register an emulator with the kernel (Debian: package qemu-user-static), or choose another --platform.";
    case "image-system":
      return "Choose another image, or another --platform.";
    case "programs-missing":
      return `Install ${listOf(packagesOf(obstacle.programs))}, or choose a stage without RUN with --target.`;
    case "program-unfit":
      return `Install ${fitting[obstacle.program][1]} of any distribution.`;
    case "namespaces-refused":
      return adviseOnNamespaces(obstacle.settings);
    case "mount-refused":
      return `${CONTAINER_ADVICE}: a masked /proc forbids a new one.`;
    case "runtime-missing":
      return `Install ${obstacle.runtime}, or leave out --executor ${obstacle.runtime}.`;
    case "runtime-broken":
      return `Leave out --executor ${obstacle.runtime}, or choose --executor util-linux.`;
  }
}

const platformNames: ReadonlyMap<string, string> = new Map([
  ["darwin", "macOS"],
  ["win32", "Windows"],
  ["windows", "Windows"],
]);

/** By program, the package of Debian, Fedora, Arch and Alpine where it is not one of the same name. */
const packages: ReadonlyMap<string, string> = new Map([
  ["tar", "tar"],
  ...["unshare", "nsenter", "setpriv", "mount", "prlimit"].map((name) => [name, "util-linux"] as const),
  ...["chroot", "mkdir", "mkfifo", "rm", "cp", "timeout"].map((name) => [name, "coreutils"] as const),
]);

/** Alpine and others keep setpriv apart, as a package of the same name. */
function packagesOf(programs: readonly string[]): readonly string[] {
  return [...new Set(programs.map((name) => packages.get(name) ?? name))];
}

/** What of a program is needed, and the package that has it everywhere. */
const fitting: Readonly<Record<FittingProgram, readonly [whose: string, install: string]>> = {
  tar: ["GNU tar", "GNU tar: package tar"],
  timeout: ["GNU coreutils", "GNU coreutils: package coreutils"],
  unshare: ["util-linux 2.36 or later", "util-linux 2.36 or later: package util-linux"],
};

function adviseOnNamespaces(settings: readonly string[]): string {
  if (settings.length > 0) return `Have an administrator set ${listOf(settings)}, or build as root.`;
  return `${CONTAINER_ADVICE}; elsewhere build as root.`;
}

const CONTAINER_ADVICE =
  "In a container, start it with --privileged, or with --security-opt seccomp=unconfined --security-opt apparmor=unconfined --security-opt systempaths=unconfined";

function withDetail(what: string, { detail }: { detail: string }): string {
  return detail === "" ? what : `${what}: ${detail}`;
}

function listOf(words: readonly string[]): string {
  const last = words.at(-1) ?? "";
  return words.length < 2 ? last : `${words.slice(0, -1).join(", ")} and ${last}`;
}
