/** The code of a system call's failure, such as `ENOENT`; also that of a file system in memory, whose errors name no
 * system call. */
export function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}
