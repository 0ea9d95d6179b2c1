import { isOciBuildError } from "@oci-build/oci";
import type { RegistryComplaint } from "../errors.js";
import type { HttpAnswer } from "./http-answer.js";
import type { HttpContext } from "./http-context.js";
import { toldText } from "./told-text.js";

const COMPLAINTS_MAX = 8;
const CODE_MAX_LENGTH = 60;

type Members = Readonly<Record<string, unknown>>;

/** What the body of a failure says: the registry's list of errors, a token server's word, or a line of plain text;
 * nothing when it is longer than it may be, cut off, or HTML. Escaped, bounded, and without our secrets.
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#error-codes */
export async function readComplaints(
  context: HttpContext,
  answer: HttpAnswer,
): Promise<readonly RegistryComplaint[]> {
  const text = await readText(context, answer);
  const type = answer.headers["content-type"] ?? "";
  const complaints = type.startsWith("text/plain") ? [{ code: "", message: text.trim() }] : parse(text);
  const hide = (told: string): string => context.mask.hide(told, answer.hop.url);
  return complaints
    .slice(0, COMPLAINTS_MAX)
    .map(({ code, message }) => ({
      code: toldText(hide(code), CODE_MAX_LENGTH),
      message: toldText(hide(message)),
    }))
    .filter(({ code, message }) => code !== "" || message !== "");
}

async function readText(context: HttpContext, answer: HttpAnswer): Promise<string> {
  try {
    return (await answer.bytes(context.limits.errorMaxBytes)).toString("utf8");
  } catch (error) {
    // The status says enough.
    if (isOciBuildError(error, "REGISTRY_RESPONSE_INVALID") || isOciBuildError(error, "REGISTRY_UNREACHABLE"))
      return "";
    throw error;
  }
}

function parse(text: string): readonly RegistryComplaint[] {
  const document = parseJson(text);
  if (!isMembers(document)) return [];
  const { errors } = document;
  if (Array.isArray(errors)) return errors.filter(isMembers).map(complaintOf);
  return [complaintOf(document)];
}

/** `details` is Docker Hub's word, `error` and `error_description` OAuth2's. */
function complaintOf(members: Members): RegistryComplaint {
  const message = members["message"] ?? members["error_description"] ?? members["details"];
  return { code: textOf(members["code"] ?? members["error"]), message: textOf(message) };
}

function textOf(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

function isMembers(value: unknown): value is Members {
  return typeof value === "object" && value !== null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return undefined;
  }
}
