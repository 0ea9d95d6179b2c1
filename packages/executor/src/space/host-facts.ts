/** The programs of the host that an executor starts, by absolute path. */
export interface HostPrograms {
  readonly unshare: string;
  readonly nsenter: string;
  readonly setpriv: string;
  readonly mount: string;
  readonly prlimit: string;
  /** GNU's, the only one with xattrs and names in a fixed order. */
  readonly tar: string;
  readonly sh: string;
  readonly chroot: string;
  readonly mkdir: string;
  readonly mkfifo: string;
  readonly rm: string;
  readonly cp: string;
  /** GNU's: it ends as what it starts does, by the same signal. */
  readonly timeout: string;
}

/** What overlayfs takes here, found out by mounting one whose upper directory lies in the executor's folder, and by
 * removing and making a directory in it. */
export interface OverlayFacts {
  /** Where overlayfs keeps its marks: `user` goes with the option `userxattr`. */
  readonly xattrs: "trusted" | "user";
  readonly volatile: "taken" | "refused";
}

/** What was found out about this host by trying, from inside the id space. */
export interface HostFacts {
  readonly programs: HostPrograms;
  /** Undefined where the executor's folder can hold no overlay. */
  readonly overlay: OverlayFacts | undefined;
}
