import { buildError } from "../../errors.js";
import { readUpTo } from "../../input/read-up-to.js";

/** Tokens that stand for passwords are some KiB. */
const PASSWORD_MAX_BYTES = 64 * 1024;

/** The password on standard input, without the line's end behind it.
 * @throws OciBuildError OPTION_INVALID */
export async function readPassword(stdin: NodeJS.ReadableStream): Promise<string> {
  const bytes = await readUpTo(stdin, PASSWORD_MAX_BYTES);
  if (bytes.length > PASSWORD_MAX_BYTES) throw invalid(`it has more than ${PASSWORD_MAX_BYTES} bytes`);
  const password = bytes.toString("utf8").replace(/\r?\n$/, "");
  if (password === "") throw invalid("it is empty", EMPTY_HINT);
  if (/[\r\n\0]/.test(password)) throw invalid("it has more than one line");
  return password;
}

const EMPTY_HINT = 'Pipe it in: printf %s "$TOKEN" | oci-build login -u USER --password-stdin REGISTRY.';

function invalid(problem: string, hint?: string): Error {
  return buildError("OPTION_INVALID", {
    message: `the password on standard input cannot be taken: ${problem}`,
    data: { option: "--password-stdin", value: "" },
    hint,
  });
}
