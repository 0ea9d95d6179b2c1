/** The system calls that a sandboxed command may make whatever its arguments, by subject. What Docker allows, which
 * the tests of half the world's images hold to; all that is not here fails with EPERM, as there.
 *
 * A name may be of another architecture, or newer than the host's kernel or libseccomp: both runtimes skip names that
 * they do not know.
 * @see https://github.com/moby/moby/blob/v28.0.0/profiles/seccomp/default.json */
export const allowedSyscalls: readonly string[] = [
  // Names and folders of the file tree.
  `access faccessat faccessat2 chdir fchdir getcwd creat open openat openat2 close close_range link linkat symlink
   symlinkat readlink readlinkat rename renameat renameat2 unlink unlinkat mkdir mkdirat rmdir mknod mknodat getdents
   getdents64 name_to_handle_at umask`,
  // Attributes of files.
  `chmod fchmod fchmodat fchmodat2 chown chown32 lchown lchown32 fchown fchown32 fchownat stat stat64 lstat lstat64 fstat
   fstat64 fstatat64 newfstatat statx statfs statfs64 fstatfs fstatfs64 statmount listmount utime utimes futimesat
   utimensat utimensat_time64 getxattr lgetxattr fgetxattr getxattrat setxattr lsetxattr fsetxattr setxattrat listxattr
   llistxattr flistxattr listxattrat removexattr lremovexattr fremovexattr removexattrat`,
  // What is in files, and other descriptors.
  `read readv pread64 preadv preadv2 write writev pwrite64 pwritev pwritev2 lseek _llseek truncate truncate64 ftruncate
   ftruncate64 fallocate fadvise64 fadvise64_64 readahead copy_file_range sendfile sendfile64 splice tee vmsplice sync
   syncfs fsync fdatasync sync_file_range flock fcntl fcntl64 ioctl dup dup2 dup3 pipe pipe2 eventfd eventfd2 signalfd
   signalfd4 memfd_create memfd_secret cachestat fanotify_mark inotify_init inotify_init1 inotify_add_watch
   inotify_rm_watch select _newselect pselect6 pselect6_time64 poll ppoll ppoll_time64 epoll_create epoll_create1
   epoll_ctl epoll_ctl_old epoll_wait epoll_wait_old epoll_pwait epoll_pwait2 io_setup io_destroy io_submit io_cancel
   io_getevents io_pgetevents io_pgetevents_time64 ioprio_get ioprio_set`,
  // Memory.
  `brk mmap mmap2 munmap mremap mprotect madvise mincore msync mlock mlock2 mlockall munlock munlockall mseal membarrier
   remap_file_pages pkey_alloc pkey_free pkey_mprotect map_shadow_stack process_mrelease`,
  // Processes, and who they are.
  `execve execveat exit exit_group fork vfork wait4 waitid waitpid getpid getppid gettid getpgid getpgrp setpgid getsid
   setsid pidfd_open pidfd_send_signal prctl capget capset getuid getuid32 geteuid geteuid32 getgid getgid32 getegid
   getegid32 getresuid getresuid32 getresgid getresgid32 getgroups getgroups32 setuid setuid32 setgid setgid32 setreuid
   setreuid32 setregid setregid32 setresuid setresuid32 setresgid setresgid32 setfsuid setfsuid32 setfsgid setfsgid32
   setgroups setgroups32 getpriority setpriority getrlimit ugetrlimit setrlimit prlimit64 getrusage times sysinfo uname
   getcpu getrandom ptrace process_vm_readv process_vm_writev seccomp landlock_create_ruleset landlock_add_rule
   landlock_restrict_self uretprobe riscv_hwprobe`,
  // Threads and their scheduling.
  `futex futex_time64 futex_wait futex_waitv futex_wake futex_requeue get_robust_list set_robust_list set_tid_address
   get_thread_area set_thread_area rseq restart_syscall sched_yield sched_getaffinity sched_setaffinity sched_getattr
   sched_setattr sched_getparam sched_setparam sched_getscheduler sched_setscheduler sched_get_priority_max
   sched_get_priority_min sched_rr_get_interval sched_rr_get_interval_time64`,
  // Signals.
  `kill tkill tgkill pause alarm sigaltstack sigprocmask sigreturn rt_sigaction rt_sigpending rt_sigprocmask
   rt_sigqueueinfo rt_sigreturn rt_sigsuspend rt_sigtimedwait rt_sigtimedwait_time64 rt_tgsigqueueinfo`,
  // Clocks, which are read and never set: adjtimex and clock_adjtime ask for a capability to do more.
  `time gettimeofday adjtimex clock_adjtime clock_adjtime64 clock_getres clock_getres_time64 clock_gettime
   clock_gettime64 clock_nanosleep clock_nanosleep_time64 nanosleep getitimer setitimer timer_create timer_delete
   timer_getoverrun timer_gettime timer_gettime64 timer_settime timer_settime64 timerfd_create timerfd_gettime
   timerfd_gettime64 timerfd_settime timerfd_settime64`,
  // Sockets that exist. `socket` itself is a rule of its own; what `socketcall` is asked for cannot be seen by a filter.
  `accept accept4 bind connect listen shutdown socketpair socketcall getpeername getsockname getsockopt setsockopt recv
   recvfrom recvmsg recvmmsg recvmmsg_time64 send sendto sendmsg sendmmsg`,
  // System V's and POSIX's queues, semaphores and shared memory, in an IPC namespace of their own.
  `ipc msgctl msgget msgrcv msgsnd semctl semget semop semtimedop semtimedop_time64 shmat shmctl shmdt shmget
   mq_getsetattr mq_notify mq_open mq_timedreceive mq_timedreceive_time64 mq_timedsend mq_timedsend_time64 mq_unlink`,
].flatMap(names);

/** Further calls that one capability brings, for those who have it in their bounding set. */
export const syscallsByCapability: Readonly<Record<string, readonly string[]>> = {
  CAP_BPF: ["bpf"],
  CAP_DAC_READ_SEARCH: ["open_by_handle_at"],
  CAP_PERFMON: ["perf_event_open"],
  CAP_SYSLOG: ["syslog"],
  CAP_SYS_ADMIN: names(
    `bpf clone clone3 fanotify_init fsconfig fsmount fsopen fspick lookup_dcookie lsm_get_self_attr lsm_list_modules
     lsm_set_self_attr mount mount_setattr move_mount open_tree perf_event_open quotactl quotactl_fd setdomainname
     sethostname setns syslog umount umount2 unshare`,
  ),
  CAP_SYS_BOOT: ["reboot"],
  CAP_SYS_CHROOT: ["chroot"],
  CAP_SYS_MODULE: ["delete_module", "finit_module", "init_module"],
  CAP_SYS_NICE: ["get_mempolicy", "mbind", "set_mempolicy", "set_mempolicy_home_node"],
  CAP_SYS_PACCT: ["acct"],
  CAP_SYS_PTRACE: ["kcmp", "pidfd_getfd", "process_madvise"],
  CAP_SYS_RAWIO: ["ioperm", "iopl"],
  CAP_SYS_TIME: ["clock_settime", "clock_settime64", "settimeofday", "stime"],
  CAP_SYS_TTY_CONFIG: ["vhangup"],
};

function names(text: string): readonly string[] {
  return text.split(/\s+/);
}
