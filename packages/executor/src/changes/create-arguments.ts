/** What GNU tar is told to write a tar to stdout: owners, times and attributes as they are. The tar is read at once, so
 * large records cost nothing; sockets cannot be in one.
 *
 * `exact` times take a record of two more blocks for every file whose time has a fraction, and so for all that a command
 * wrote. `plain` ones are whole seconds in the header, and 0 where it cannot say them: before 1970 and after 2242. */
export function createArguments(times: "exact" | "plain"): readonly string[] {
  const left = ["atime", "ctime", ...(times === "plain" ? ["mtime"] : [])];
  return [
    "--create",
    "--file=-",
    "--blocking-factor=256",
    "--format=posix",
    `--pax-option=${left.map((name) => `delete=${name}`).join()}`,
    "--numeric-owner",
    "--xattrs",
    "--xattrs-include=*",
    "--warning=no-file-ignored",
  ];
}
