import type { OciBuildError } from "@oci-build/oci";
import { type ResponseProblem, registryError } from "../errors.js";
import type { Hop } from "./hop.js";
import type { SecretMask } from "./secret-mask.js";
import { toldUrl } from "./told-text.js";

const EXPLANATIONS: { readonly [Problem in ResponseProblem]: string } = {
  "not-http": "the answer is no HTTP",
  "headers-too-large": "the answer's headers are too large",
  "body-too-large": "the answer is too large",
  "location-invalid": "the answer names no address to go on with",
  "redirect-invalid": "it redirects to what is no address of a server",
  "redirect-insecure": "it redirects from https to http",
  "redirect-loop": "it redirects to where the request came from",
  "redirects-too-many": "it redirects again and again",
  "challenge-invalid": "it asks for a login of a kind that is not known",
  "realm-insecure": "it names a token server that does not speak https",
  "token-invalid": "the token server's answer holds no token",
};

/** The error for an answer that may not be believed or followed. `detail` goes behind the explanation. */
export function responseInvalid(
  { registry, method, url }: Pick<Hop, "registry" | "method" | "url">,
  { problem, detail, mask, cause }: InvalidResponse,
): OciBuildError<"REGISTRY_RESPONSE_INVALID"> {
  const told = mask.hide(toldUrl(url));
  const more = detail === undefined ? "" : `: ${mask.hide(detail)}`;
  return registryError("REGISTRY_RESPONSE_INVALID", {
    message: `${method} ${told}: ${EXPLANATIONS[problem]}${more}`,
    data: { registry, method, url: told, problem },
    cause,
  });
}

/** What is wrong, in full. */
export interface InvalidResponse {
  readonly problem: ResponseProblem;
  readonly mask: SecretMask;
  readonly detail?: string | undefined;
  readonly cause?: unknown;
}
