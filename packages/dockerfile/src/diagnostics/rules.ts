/** The name of one of the rules that say what is no valid Dockerfile. */
export type DockerfileRule =
  | "DOCKERFILE_ARGUMENT_COUNT"
  | "DOCKERFILE_BAD_SUBSTITUTION"
  | "DOCKERFILE_DUPLICATE_DIRECTIVE"
  | "DOCKERFILE_DUPLICATE_FLAG"
  | "DOCKERFILE_EMPTY"
  | "DOCKERFILE_EMPTY_WORD"
  | "DOCKERFILE_EXPANSION_TOO_LARGE"
  | "DOCKERFILE_FLAG_IGNORED"
  | "DOCKERFILE_HEREDOC_DESTINATION"
  | "DOCKERFILE_INVALID_CHECK"
  | "DOCKERFILE_INVALID_ESCAPE"
  | "DOCKERFILE_INVALID_FLAG_VALUE"
  | "DOCKERFILE_INVALID_HEALTHCHECK"
  | "DOCKERFILE_INVALID_JSON"
  | "DOCKERFILE_INVALID_MOUNT"
  | "DOCKERFILE_INVALID_PAIR"
  | "DOCKERFILE_INVALID_PORT"
  | "DOCKERFILE_INVALID_SIGNAL"
  | "DOCKERFILE_INVALID_STAGE_NAME"
  | "DOCKERFILE_INVALID_TRIGGER"
  | "DOCKERFILE_LINE_TOO_LONG"
  | "DOCKERFILE_NO_STAGE"
  | "DOCKERFILE_STAGE_CYCLE"
  | "DOCKERFILE_UNKNOWN_FLAG"
  | "DOCKERFILE_UNKNOWN_INSTRUCTION"
  | "DOCKERFILE_UNKNOWN_STAGE"
  | "DOCKERFILE_UNTERMINATED_HEREDOC"
  | "DOCKERFILE_UNTERMINATED_QUOTE"
  | "DOCKERFILE_VARIABLE_NOT_ALLOWED"
  | "DOCKERFILE_VARIABLE_REQUIRED";

/** What each error code of this package says, in one line. Codes are stable. The checks are in `checkRules`. */
export const dockerfileRules: Readonly<Record<DockerfileRule, string>> = {
  DOCKERFILE_ARGUMENT_COUNT: "An instruction has too few or too many arguments",
  DOCKERFILE_BAD_SUBSTITUTION:
    "A substitution is not closed, has no name, or an operator or pattern that is unknown",
  DOCKERFILE_DUPLICATE_DIRECTIVE: "A parser directive is given twice",
  DOCKERFILE_DUPLICATE_FLAG: "A flag that counts once is given twice",
  DOCKERFILE_EMPTY: "The Dockerfile has no instructions",
  DOCKERFILE_EMPTY_WORD: "A name or path is empty",
  DOCKERFILE_EXPANSION_TOO_LARGE: "A text becomes longer than 1 MiB by expansion",
  DOCKERFILE_FLAG_IGNORED: "A flag has no effect, because the instruction takes none",
  DOCKERFILE_HEREDOC_DESTINATION: "The destination of COPY or ADD is a here-document",
  DOCKERFILE_INVALID_CHECK: "The settings of checks have an unknown option or a wrong value",
  DOCKERFILE_INVALID_ESCAPE: "The escape directive names another character than \\ or `",
  DOCKERFILE_INVALID_FLAG_VALUE: "A flag has no value, or one that it does not understand",
  DOCKERFILE_INVALID_HEALTHCHECK: "HEALTHCHECK is followed by something else than CMD or NONE",
  DOCKERFILE_INVALID_JSON: "A JSON array holds something else than strings, or is missing for SHELL",
  DOCKERFILE_INVALID_MOUNT:
    "An option of --mount is unknown, has a wrong value, or does not fit the mount's type",
  DOCKERFILE_INVALID_PAIR: "An argument of ENV or LABEL is not of the form name=value",
  DOCKERFILE_INVALID_PORT: "EXPOSE has a port, range or protocol that does not exist",
  DOCKERFILE_INVALID_SIGNAL: "STOPSIGNAL has a signal that does not exist",
  DOCKERFILE_INVALID_STAGE_NAME: "A stage's name begins with no letter or has symbols",
  DOCKERFILE_INVALID_TRIGGER: "ONBUILD is followed by ONBUILD, FROM or MAINTAINER",
  DOCKERFILE_LINE_TOO_LONG: "A line has more than 65,535 bytes",
  DOCKERFILE_NO_STAGE: "There is no FROM, or an instruction other than ARG before it",
  DOCKERFILE_STAGE_CYCLE: "A stage depends on itself, directly or through others",
  DOCKERFILE_UNKNOWN_FLAG: "An instruction has no such flag",
  DOCKERFILE_UNKNOWN_INSTRUCTION: "There is no such instruction",
  DOCKERFILE_UNKNOWN_STAGE: "COPY --from has the index of no stage",
  DOCKERFILE_UNTERMINATED_HEREDOC: "No line ends a here-document",
  DOCKERFILE_UNTERMINATED_QUOTE: "A quote is not closed in a text that is expanded",
  DOCKERFILE_VARIABLE_NOT_ALLOWED: "A variable stands where a stage or image must be named",
  DOCKERFILE_VARIABLE_REQUIRED: "A variable with :? or ? is unset or empty",
};
