import { ociError } from "../errors.js";

/** The result of an access to an image on disk. A failure of the system becomes OCI_ARCHIVE_UNREADABLE. */
export async function reading<T>(file: string, access: Promise<T>): Promise<T> {
  try {
    return await access;
  } catch (error) {
    const code = systemCode(error);
    const message = `cannot read image ${file}: ${code}`;
    throw ociError("OCI_ARCHIVE_UNREADABLE", { message, data: { file, code }, cause: error });
  }
}

/** The result of a change to a folder. A failure of the system becomes OCI_LAYOUT_UNWRITABLE. */
export async function writing<T>(directory: string, access: Promise<T>): Promise<T> {
  try {
    return await access;
  } catch (error) {
    const code = systemCode(error);
    const message = `cannot write image layout ${directory}: ${code}`;
    throw ociError("OCI_LAYOUT_UNWRITABLE", { message, data: { directory, code }, cause: error });
  }
}

/** The code of a failed system call. Other errors are not about the files, and are thrown on. */
function systemCode(error: unknown): string {
  const { syscall, code } = error as NodeJS.ErrnoException;
  if (syscall === undefined || code === undefined) throw error;
  return code;
}
