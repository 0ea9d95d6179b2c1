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

const refuse = (attempt: string): string => `{ ${attempt}; } >/tmp/out 2>&1 && echo escaped || echo refused`;

/** The table of SECURITY.md, line by line. */
export const hostileCases: readonly HostileCase[] = [
  { name: "mounts a file system", line: refuse("mount -t tmpfs none /srv"), verdicts: "refused" },
  {
    name: "mounts the host's disk",
    line: refuse("mknod /tmp/disk0 b $DISK && mount -t ext4 /tmp/disk0 /srv"),
    verdicts: "refused",
  },
  { name: "binds its root elsewhere", line: refuse("mount -o bind / /srv"), verdicts: "refused" },
  {
    name: "makes /proc/sys writable",
    line: refuse("mount -o remount,rw,bind /proc/sys"),
    verdicts: "refused",
  },
  {
    name: "uncovers what is hidden in /proc",
    line: refuse("umount /proc/kcore || umount /proc/timer_list || umount /sys/firmware"),
    verdicts: "refused",
  },
  { name: "moves its root", line: refuse("mkdir /old && pivot_root / /old"), verdicts: "refused" },
  {
    name: "mounts in a user namespace of its own",
    line: "unshare -U -r -m sh -c 'mount -t tmpfs none /srv && echo contained' 2>/dev/null || echo refused",
    verdicts: { root: "contained", rootless: "contained", filtered: "refused" },
  },
  {
    name: "uncovers hidden paths in a user namespace of its own",
    line: refuse(
      "unshare -U -r -m sh -c 'umount /proc/kcore || umount /proc/timer_list || umount /sys/firmware'",
    ),
    verdicts: "refused",
  },
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
  { name: "enters other namespaces", line: refuse("nsenter -t 1 -m -u -i -n true"), verdicts: "refused" },
  { name: "makes namespaces", line: refuse("unshare -m true"), verdicts: "refused" },
  { name: "signals a process of the host", line: refuse("kill -0 $HOST_PID"), verdicts: "refused" },
  { name: "reads a process of the host", line: refuse("cat /proc/$HOST_PID/status"), verdicts: "refused" },
  {
    name: "looks through the root of process 1",
    line: refuse("cat /proc/1/root/$SENTINEL"),
    verdicts: "refused",
  },
  {
    name: "climbs out of its folder",
    line: refuse("cat /proc/self/cwd/../../../../../../$SENTINEL"),
    verdicts: "refused",
  },
  {
    name: "looks through open files",
    line: refuse(
      "for fd in /proc/self/fd/* /proc/1/fd/*; do cat $fd/$SENTINEL $fd/../$SENTINEL && exit 0; done; false",
    ),
    verdicts: "refused",
  },
  {
    name: "sets the kernel's pattern for cores",
    line: refuse("echo '|/x' >/proc/sys/kernel/core_pattern"),
    verdicts: "refused",
  },
  { name: "names the host", line: refuse("hostname hostile"), verdicts: "refused" },
  { name: "writes to sysrq", line: refuse("echo h >/proc/sysrq-trigger"), verdicts: "refused" },
  {
    name: "writes to /sys",
    line: refuse("echo 1 >/sys/kernel/profiling || mkdir /sys/fs/cgroup/hostile"),
    verdicts: "refused",
  },
  {
    name: "reads the kernel's memory",
    line: refuse("head -c 1 /proc/kcore | grep -q ."),
    verdicts: "refused",
  },
  { name: "silences the kernel's log", line: refuse("dmesg -n 1"), verdicts: "refused" },
  { name: "loads a module", line: refuse("insmod /bin/busybox"), verdicts: "refused" },
  {
    name: "adds swap",
    line: refuse("dd if=/dev/zero of=/swap bs=4096 count=16 && swapon /swap"),
    verdicts: "refused",
  },
  {
    name: "sets the clock",
    line: refuse("date -s 2001-01-01; test $(date +%Y) = 2001"),
    verdicts: "refused",
  },
  { name: "takes the host's network down", line: refuse("ip link set lo down"), verdicts: "refused" },
  ...["/", "/dev/", "/dev/shm/", "/tmp/"].map((folder) => ({
    name: `opens the host's disk by a node in ${folder}`,
    line: `if mknod ${folder}disk b $DISK 2>/dev/null; then head -c 1 ${folder}disk >/dev/null 2>&1 && echo escaped || echo contained; else echo refused; fi`,
    verdicts: { root: "contained", rootless: "refused" } as const,
  })),
  ...["/", "/dev/", "/dev/shm/", "/srv/"].map((folder) => ({
    name: `opens a harmless device by a node in ${folder}`,
    line: `if mknod ${folder}zero2 c 1 5 2>/dev/null; then head -c 1 ${folder}zero2 >/dev/null 2>&1 && echo escaped || echo contained; else echo refused; fi`,
    verdicts: { root: "contained", rootless: "refused" } as const,
  })),
  {
    name: "opens memory by a node",
    line: "if mknod /tmp/mem c 1 1 2>/dev/null; then head -c 1 /tmp/mem >/dev/null 2>&1 && echo escaped || echo contained; else echo refused; fi",
    verdicts: { root: "contained", rootless: "refused" },
  },
  { name: "changes the mode of a device", line: refuse("chmod 0600 /dev/null"), verdicts: "refused" },
  {
    name: "changes the owner of a device",
    line: refuse("chown 1000 /dev/zero /dev/tty"),
    verdicts: "refused",
  },
  {
    name: "changes what covers a hidden path",
    line: refuse("chmod 0600 /proc/kcore /proc/timer_list"),
    verdicts: "refused",
  },
  { name: "removes a device", line: refuse("rm -f /dev/null"), verdicts: "refused" },
];
