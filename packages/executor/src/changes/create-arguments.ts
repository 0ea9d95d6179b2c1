/** What GNU tar is told to write a tar to stdout: owners, times and attributes as they are. The tar is read at once, so
 * large records cost nothing; sockets cannot be in one. */
export const createArguments: readonly string[] = [
  "--create",
  "--file=-",
  "--blocking-factor=256",
  "--format=posix",
  "--pax-option=delete=atime,delete=ctime",
  "--numeric-owner",
  "--xattrs",
  "--xattrs-include=*",
  "--warning=no-file-ignored",
];
