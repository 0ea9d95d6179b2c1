import type { OciBuildError } from "@oci-build/oci";
import { type ReferenceProblem, registryError } from "../errors.js";
import { REFERENCE_MAX_LENGTH, REPOSITORY_MAX_LENGTH, TAG_MAX_LENGTH } from "./grammar.js";

/** As much of a bad reference as an error repeats. */
const SHOWN_MAX_LENGTH = 200;

interface Explanation {
  readonly expected: string;
  readonly hint?: string;
}

const explanations: { readonly [Problem in ReferenceProblem]: Explanation } = {
  empty: { expected: "it is empty", hint: "Write NAME[:TAG], for example app:1.0." },
  "too-long": { expected: `it is longer than ${REFERENCE_MAX_LENGTH} characters` },
  "bare-identifier": {
    expected: "64 hex digits are an image id, not a name",
    hint: "Write NAME@sha256:DIGITS to name an image by digest.",
  },
  "registry-malformed": {
    expected:
      "the registry must be a host name, an IPv4 address or a bracketed IPv6 address, with an optional :PORT",
    hint: "Write HOST[:PORT]/NAME without a scheme such as https://.",
  },
  "repository-upper-case": {
    expected: "the repository must be lower case",
    hint: "Write the repository in lower case.",
  },
  "repository-malformed": {
    expected:
      "the repository must be lower-case letters and digits, parted by one of . _ __ or dashes, in components parted by /",
  },
  "repository-too-long": { expected: `the repository is longer than ${REPOSITORY_MAX_LENGTH} characters` },
  "tag-malformed": {
    expected: "the tag must be letters, digits, _ . and -, and begin with a letter, a digit or _",
  },
  "tag-too-long": { expected: `the tag is longer than ${TAG_MAX_LENGTH} characters` },
  "digest-malformed": { expected: "the digest must be sha256: and 64 lower-case hex digits" },
  "digest-unsupported": { expected: "the digest must be a sha256 one" },
  "digest-not-allowed": {
    expected: "an image that is being built cannot be given a digest",
    hint: "Leave out @sha256:… and give a tag.",
  },
};

/** The error for a reference that breaks one rule of the grammar. */
export function referenceError(
  text: string,
  problem: ReferenceProblem,
): OciBuildError<"REGISTRY_REFERENCE_INVALID"> {
  const shown = text.slice(0, SHOWN_MAX_LENGTH);
  const { expected, hint } = explanations[problem];
  return registryError("REGISTRY_REFERENCE_INVALID", {
    message: `invalid image reference ${JSON.stringify(shown)}: ${expected}`,
    data: { text: shown, problem },
    hint,
  });
}
