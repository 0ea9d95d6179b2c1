/** What buildah says where we name a rule; for some it crashes. */
const messages: Readonly<Record<string, RegExp>> = {
  DOCKERFILE_ARGUMENT_COUNT:
    /requires (at least|exactly|either) one|Missing command after|NONE takes no arguments|\.go:\d+ \+0x/,
  DOCKERFILE_BAD_SUBSTITUTION: /Missing ':' in substitution|Unsupported modifier|unexpected end of statement/,
  DOCKERFILE_DUPLICATE_DIRECTIVE: /only one escape parser directive/,
  DOCKERFILE_EMPTY_WORD: /can not be an empty string|no FROM statement/,
  DOCKERFILE_INVALID_ESCAPE: /invalid ESCAPE/,
  DOCKERFILE_INVALID_FLAG_VALUE:
    /in duration|must be positive|invalid syntax|value out of range|--retries must be|invalid duration|flag needs an argument|Error parsing chmod|only supports the/,
  DOCKERFILE_INVALID_HEALTHCHECK: /Unknown type .* in HEALTHCHECK/,
  DOCKERFILE_INVALID_JSON: /must be comprised of strings only|arguments to be in JSON form/,
  DOCKERFILE_INVALID_PAIR: /can't find = in|must have two arguments/,
  DOCKERFILE_INVALID_SIGNAL: /Invalid signal/,
  DOCKERFILE_INVALID_TRIGGER: /as an ONBUILD trigger|Chaining ONBUILD/,
  DOCKERFILE_NO_STAGE: /no FROM statement/,
  DOCKERFILE_UNKNOWN_FLAG: /flag provided but not defined|only supports the/,
  DOCKERFILE_UNKNOWN_INSTRUCTION: /Unknown instruction/i,
  DOCKERFILE_UNKNOWN_STAGE: /\.go:\d+ \+0x/,
  DOCKERFILE_UNTERMINATED_QUOTE: /unexpected end of statement/,
  DOCKERFILE_VARIABLE_REQUIRED: /not allowed to be unset/,
  COPY_SOURCE_MISSING: /no such file or directory/,
  DOCKERFILE_VARIABLE_NOT_ALLOWED: /no stage or image found/,
  BUILD_OFFLINE: /no stage or image found/,
  WORKDIR_NOT_DIRECTORY: /not a directory/,
  BUILD_UNSUPPORTED:
    /did not resolve to an alias|repository name must be lowercase|invalid reference format|no stage or image found/,
};

/** Whether buildah's message says what a rule of ours says. */
export function isSameReason(rule: string, message: string): boolean {
  return messages[rule]?.test(message) ?? false;
}
