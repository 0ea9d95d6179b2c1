/** What the dynamic loader, the C library or a shell of the host would act on, or will not have changed. The programs that
 * lead into the sandbox see the command's environment, but none of these.
 * @see https://man7.org/linux/man-pages/man8/ld.so.8.html#ENVIRONMENT
 * @see https://www.gnu.org/software/bash/manual/html_node/Bash-Variables.html */
const prefixes = ["LD_", "GLIBC_", "MALLOC_", "LIBMOUNT_", "BASH", "COMP_", "HIST", "KSH_"] as const;

const names: ReadonlySet<string> = new Set([
  "_",
  // C libraries
  "GCONV_PATH",
  "GETCONF_DIR",
  "HOSTALIASES",
  "LOCALDOMAIN",
  "LOCPATH",
  "NIS_PATH",
  "NLSPATH",
  "POSIXLY_CORRECT",
  "RESOLV_HOST_CONF",
  "RES_OPTIONS",
  "TMPDIR",
  "TZ",
  "TZDIR",
  // shells
  "CDPATH",
  "COPROC",
  "DIRSTACK",
  "ENV",
  "EPOCHREALTIME",
  "EPOCHSECONDS",
  "ERRNO",
  "EUID",
  "FUNCNAME",
  "GLOBIGNORE",
  "GROUPS",
  "IFS",
  "LINENO",
  "MAIL",
  "MAILCHECK",
  "MAILPATH",
  "OLDPWD",
  "OPTARG",
  "OPTERR",
  "OPTIND",
  "PIPESTATUS",
  "PPID",
  "PS1",
  "PS2",
  "PS4",
  "PWD",
  "RANDOM",
  "SECONDS",
  "SHELLOPTS",
  "SHLVL",
  "SRANDOM",
  "UID",
]);

/** Whether a variable can be given to the programs of the host without changing what they do. */
export function isHarmlessName(name: string): boolean {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return false;
  return !names.has(name) && !prefixes.some((prefix) => name.startsWith(prefix));
}
