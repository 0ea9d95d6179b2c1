import { readFile } from "node:fs/promises";
import type { OciBuildError } from "@oci-build/oci";
import { registryError } from "../errors.js";
import type { AuthPlace } from "./auth-places.js";

/** Hundreds of registries, with tokens. */
const AUTH_DOCUMENT_MAX_BYTES = 4 * 1024 * 1024;
const ABSENT: ReadonlySet<string> = new Set(["ENOENT", "ENOTDIR"]);

export type Members = Record<string, unknown>;

/** What a place holds. */
export interface AuthDocument {
  /** The file's path, or the variable's name. */
  readonly name: string;
  /** All members, those that we do not know too, in their order. */
  readonly members: Members;
}

/** Reads a document with credentials; undefined when there is none.
 * @throws OciBuildError REGISTRY_CREDENTIALS_INVALID */
export async function readAuthDocument(place: AuthPlace): Promise<AuthDocument | undefined> {
  const name = place.kind === "file" ? place.file : place.name;
  const text = place.kind === "file" ? await readText(place.file) : place.text;
  if (text === undefined) return undefined;
  return { name, members: text.trim() === "" ? {} : parse(text, name) };
}

/** A member that holds members itself; none when it is missing. */
export function membersOf({ name, members }: AuthDocument, member: "auths" | "credHelpers"): Members {
  const value = members[member] ?? {};
  if (isMembers(value)) return value;
  throw credentialsInvalid(name, `${member} is no object`);
}

export function isMembers(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The error for a document whose form is wrong. Nothing of its text is told. */
export function credentialsInvalid(
  file: string,
  problem: string,
): OciBuildError<"REGISTRY_CREDENTIALS_INVALID"> {
  return registryError("REGISTRY_CREDENTIALS_INVALID", {
    message: `the credentials in ${file} cannot be read: ${problem}`,
    data: { file, problem },
  });
}

async function readText(file: string): Promise<string | undefined> {
  try {
    const bytes = await readFile(file);
    if (bytes.length > AUTH_DOCUMENT_MAX_BYTES) {
      throw credentialsInvalid(file, `more than ${AUTH_DOCUMENT_MAX_BYTES} bytes`);
    }
    return bytes.toString("utf8").replace(/^\ufeff/, "");
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException;
    if (syscall === undefined || code === undefined) throw error;
    if (ABSENT.has(code)) return undefined;
    throw credentialsInvalid(file, code);
  }
}

/** The parser's own message is left out, since it quotes the text. */
function parse(text: string, name: string): Members {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw credentialsInvalid(name, "no JSON");
  }
  if (isMembers(value)) return value;
  throw credentialsInvalid(name, "no JSON object");
}
