/** What became of an attempt: it was not allowed; or it was, and changed nothing but what is the command's own. */
export type Verdict = "refused" | "contained";

/** What each kind of executor makes of an attempt: as root or in a user namespace, with and without a filter of system
 * calls, which only the OCI runtimes have. */
export type Verdicts =
  | Verdict
  | {
      readonly root: Verdict;
      readonly rootless: Verdict;
      /** Where it is another one with a runtime. */
      readonly filtered?: Verdict;
    };

/** One attempt: a shell line that runs alone in a shell and prints `escaped`, `contained` or `refused`. `$SENTINEL` is a file of the host with the
 * text `sentinel`, `$DISK` the numbers of its disk, `$HOST_PID` a process. */
export interface HostileCase {
  readonly name: string;
  readonly line: string;
  readonly verdicts: Verdicts;
}

/** An attempt that is to fail. */
const refused = (name: string, attempt: string): HostileCase => ({
  name,
  line: `{ ${attempt}; } >/tmp/out 2>&1 && echo escaped, $(tail -c 200 /tmp/out) || echo refused`,
  verdicts: "refused",
});

/** A device made by `mknod`, which root of the host may make, but nobody open. */
const opensNode = (name: string, mknod: string): HostileCase => {
  const [file = ""] = mknod.split(" ");
  const open = `head -c 1 ${file} >/dev/null 2>&1 && echo escaped || echo contained`;
  const line = `if mknod ${mknod} 2>/dev/null; then ${open}; else echo refused; fi`;
  return { name, line, verdicts: { root: "contained", rootless: "refused" } };
};

/** The table of SECURITY.md, line by line. */
export const hostileCases: readonly HostileCase[] = [
  refused("mounts a file system", "mount -t tmpfs none /srv"),
  refused("mounts the host's disk", "mknod /tmp/disk0 b $DISK && mount -t ext4 /tmp/disk0 /srv"),
  refused("binds its root elsewhere", "mount -o bind / /srv"),
  refused("makes /proc/sys writable", "mount -o remount,rw,bind /proc/sys"),
  refused(
    "uncovers what is hidden in /proc",
    "umount /proc/kcore || umount /proc/timer_list || umount /sys/firmware",
  ),
  refused("moves its root", "mkdir /old && pivot_root / /old"),
  {
    name: "mounts in a user namespace of its own",
    line: "unshare -U -r -m sh -c 'mount -t tmpfs none /srv && echo contained' 2>/dev/null || echo refused",
    verdicts: { root: "contained", rootless: "contained", filtered: "refused" },
  },
  refused(
    "uncovers hidden paths in a user namespace of its own",
    "unshare -U -r -m sh -c 'umount /proc/kcore || umount /proc/timer_list || umount /sys/firmware'",
  ),
  {
    name: "mounts a whole /proc in a user namespace of its own",
    line: "unshare -U -r -m -p -f sh -c 'mount -t proc proc /srv || exit; echo 1 >/srv/sys/vm/drop_caches && echo escaped || echo contained' 2>/dev/null || echo refused",
    verdicts: "refused",
  },
  {
    name: "mounts a whole /sys in a user namespace of its own",
    line: "unshare -U -r -m -n sh -c 'mount -t sysfs sysfs /srv || exit; echo 1 >/srv/kernel/profiling && echo escaped || echo contained' 2>/dev/null || echo refused",
    verdicts: "refused",
  },
  refused("enters other namespaces", "nsenter -t 1 -m -u -i -n true"),
  refused("makes namespaces", "unshare -m true"),
  refused("signals a process of the host", "kill -0 $HOST_PID"),
  refused("reads a process of the host", "cat /proc/$HOST_PID/status"),
  refused("looks through the root of process 1", "cat /proc/1/root/$SENTINEL"),
  refused("climbs out of its folder", "cat /proc/self/cwd/../../../../../../$SENTINEL"),
  refused(
    "looks through open files",
    "for fd in /proc/self/fd/* /proc/1/fd/*; do cat $fd/$SENTINEL $fd/../$SENTINEL && exit 0; done; false",
  ),
  refused("sets the kernel's pattern for cores", "echo '|/x' >/proc/sys/kernel/core_pattern"),
  refused("names what loads modules", "echo /x >/proc/sys/kernel/modprobe"),
  refused("names what is told of devices", "echo /x >/sys/kernel/uevent_helper"),
  refused("forwards the host's packets", "cat /proc/sys/net/ipv4/ip_forward >/proc/sys/net/ipv4/ip_forward"),
  refused("mounts cgroups", "mount -t cgroup -o memory none /srv || mount -t cgroup2 none /srv"),
  refused("mounts the formats of programs", "mount -t binfmt_misc none /srv"),
  refused("attaches a file as a disk", "mknod /tmp/loop b 7 0 && losetup /tmp/loop /bin/busybox"),
  refused("sees processes of the host", "test $(ls -d /proc/[0-9]* | wc -l) -gt 20"),
  refused("goes before all other processes", "renice -n -5 -p $$"),
  refused("outlives all others where memory is short", "echo -1000 >/proc/self/oom_score_adj"),
  refused("reads the kernel's log", "dmesg | grep -q ."),
  refused("names the host", "hostname hostile"),
  refused("writes to sysrq", "echo h >/proc/sysrq-trigger"),
  refused("writes to /sys", "echo 1 >/sys/kernel/profiling || mkdir /sys/fs/cgroup/hostile"),
  refused("reads the kernel's memory", "head -c 1 /proc/kcore | grep -q ."),
  refused("silences the kernel's log", "dmesg -n 1"),
  refused("loads a module", "insmod /bin/busybox"),
  refused("adds swap", "dd if=/dev/zero of=/swap bs=4096 count=16 && swapon /swap"),
  // To the pace that it has: whoever is let harms nobody, and no other clock-setter is taken for this one.
  refused("sets the clock", "adjtimex -q -t 10000"),
  refused("takes the host's network down", "ip link set lo down"),
  ...["/", "/dev/", "/dev/shm/", "/tmp/"].map((folder) =>
    opensNode(`opens the host's disk by a node in ${folder}`, `${folder}disk b $DISK`),
  ),
  ...["/", "/dev/", "/dev/shm/", "/srv/"].map((folder) =>
    opensNode(`opens a harmless device by a node in ${folder}`, `${folder}zero2 c 1 5`),
  ),
  opensNode("opens memory by a node", "/tmp/mem c 1 1"),
  refused("changes the mode of a device", "chmod 0600 /dev/null"),
  refused("changes the owner of a device", "chown 1000 /dev/zero /dev/tty"),
  refused("changes what covers a hidden path", "chmod 0600 /proc/kcore /proc/timer_list"),
  refused("removes a device", "rm -f /dev/null"),
];
