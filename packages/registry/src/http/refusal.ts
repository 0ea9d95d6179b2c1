import { STATUS_CODES } from "node:http";
import type { OciBuildError } from "@oci-build/oci";
import { type RegistryComplaint, registryError } from "../errors.js";
import type { HttpAnswer } from "./http-answer.js";
import type { HttpContext } from "./http-context.js";
import { readComplaints } from "./read-complaints.js";
import { retryAfterMs } from "./retry-after.js";

/** What is known of a refusal besides the answer. */
export interface RefusalFacts {
  /** Whether something was shown to log in with. */
  readonly login: "used" | "none";
  /** What the status means here, when that is not what it says. */
  readonly meaning?: "unauthorized" | undefined;
}

/** The error for an answer whose status is a failure. Reads what the registry says of it. */
export async function refusal(
  context: HttpContext,
  answer: HttpAnswer,
  { login, meaning }: RefusalFacts,
): Promise<OciBuildError> {
  const { hop, status, url } = answer;
  const errors = await readComplaints(context, answer);
  const data = { registry: hop.registry, method: hop.method, url, status, errors };
  const message = `${hop.method} ${url}: ${status} ${STATUS_CODES[status] ?? ""}`.trimEnd() + told(errors);
  if (status === 401 || meaning === "unauthorized") {
    return registryError("REGISTRY_UNAUTHORIZED", { message, data, hint: loginHint(hop.registry, login) });
  }
  if (status === 403) {
    return registryError("REGISTRY_FORBIDDEN", { message, data, hint: loginHint(hop.registry, login) });
  }
  if (status === 429) return rateLimited(context, answer, { message, data, login });
  return registryError("REGISTRY_REQUEST_FAILED", { message, data });
}

interface Refused extends RefusalFacts {
  readonly message: string;
  readonly data: {
    readonly registry: string;
    readonly method: string;
    readonly url: string;
    readonly status: number;
    readonly errors: readonly RegistryComplaint[];
  };
}

function rateLimited(
  context: HttpContext,
  answer: HttpAnswer,
  { message, data, login }: Refused,
): OciBuildError {
  const waitMs = retryAfterMs(answer.headers["retry-after"], context.clock.now());
  return registryError("REGISTRY_RATE_LIMITED", {
    message,
    data: { ...data, retryAfterSec: waitMs === undefined ? undefined : Math.ceil(waitMs / 1000) },
    hint: login === "none" ? loginHint(data.registry, login) : undefined,
  });
}

function told(errors: readonly RegistryComplaint[]): string {
  return errors
    .map(({ code, message }) => `: ${[code, message].filter((part) => part !== "").join(" ")}`)
    .join("");
}

function loginHint(registry: string, login: RefusalFacts["login"]): string {
  return login === "none"
    ? `Log in with oci-build login ${registry}, and look at the spelling of the name.`
    : `Look at the login for ${registry}, at what it allows, and at the spelling of the name.`;
}
