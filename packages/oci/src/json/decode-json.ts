import { ociError } from "../errors.js";
import { parsedJson } from "./inspect-json.js";
import type { Shape, ShapeProblem } from "./shape.js";

/** Problems told in an error's data; the count is told of all. */
const PROBLEMS_TOLD_MAX = 20;

/** What to decode: `what` names the document in errors, `listsFromNull` the required arrays that Go writes as null. */
export interface DecodeRequest {
  readonly what: string;
  readonly maxBytes: number;
  readonly shape: Shape;
  readonly listsFromNull: readonly string[];
}

/** The value of a document whose form was checked. Null members are dropped, as Go takes them to be absent.
 * The caller vouches that `T` is what the shape describes.
 * @throws OciBuildError OCI_DOCUMENT_TOO_LARGE, OCI_DOCUMENT_INVALID */
export function decodeJson<T>(bytes: Uint8Array, request: DecodeRequest): T {
  const { what, maxBytes } = request;
  if (bytes.length > maxBytes) throw tooLarge(what, bytes.length, maxBytes);
  const parsed = parsedJson(bytes);
  if ("problem" in parsed) throw invalid(what, [parsed.problem]);
  const value = withoutNulls(parsed.value, request.listsFromNull);
  const problems: ShapeProblem[] = [];
  request.shape(value, "", problems);
  if (problems.length > 0) throw invalid(what, problems);
  return value as T;
}

/** The error for a document that is larger than its limit. */
export function tooLarge(what: string, sizeBytes: number, maxBytes: number): Error {
  return ociError("OCI_DOCUMENT_TOO_LARGE", {
    message: `${what} has ${sizeBytes} bytes, more than the ${maxBytes} allowed`,
    data: { what, sizeBytes, maxBytes },
  });
}

function invalid(what: string, problems: readonly ShapeProblem[]): Error {
  const told = problems.slice(0, PROBLEMS_TOLD_MAX);
  const lines = told.map(
    (p) => `${p.path === "" ? "document" : p.path}: expected ${p.stated}, found ${p.found}`,
  );
  return ociError("OCI_DOCUMENT_INVALID", {
    message: `${what} is not valid: ${lines.join("; ")}`,
    data: { what, problems: told, problemCount: problems.length },
  });
}

function withoutNulls(value: unknown, listsFromNull: readonly string[]): unknown {
  if (Array.isArray(value)) return value.map((item) => withoutNulls(item, listsFromNull));
  if (typeof value !== "object" || value === null) return value;
  const members: [string, unknown][] = [];
  for (const [name, member] of Object.entries(value)) {
    if (member !== null) members.push([name, withoutNulls(member, listsFromNull)]);
    else if (listsFromNull.includes(name)) members.push([name, []]);
  }
  return Object.fromEntries(members);
}
