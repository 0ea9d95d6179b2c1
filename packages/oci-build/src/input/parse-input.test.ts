import { isOciBuildError } from "@oci-build/oci";
import { describe, expect, it } from "vitest";
import { parseInput } from "./parse-input.js";

/** The lines and rules of the errors that a Dockerfile is refused for; none when it may be built. */
function errorsOf(lines: readonly string[], target?: string): readonly string[] {
  try {
    parseInput({ label: "Dockerfile", location: undefined, text: `${lines.join("\n")}\n` }, { target });
  } catch (error) {
    if (!isOciBuildError(error)) throw error;
    const { diagnostics } = error.data as {
      diagnostics: readonly { rule: string; span: { start: { line: number } } }[];
    };
    return diagnostics.map(({ rule, span }) => `${span.start.line} ${rule}`);
  }
  return [];
}

describe("parseInput", () => {
  it.each([
    ["a port", "EXPOSE none", "DOCKERFILE_INVALID_PORT"],
    ["a signal", "STOPSIGNAL none", "DOCKERFILE_INVALID_SIGNAL"],
    ["a mode", "COPY --chmod=9 a b", "DOCKERFILE_INVALID_FLAG_VALUE"],
    ["an open quote", "VOLUME 'a b'", "DOCKERFILE_UNTERMINATED_QUOTE"],
    ["an open substitution", "ENV a=${b", "DOCKERFILE_BAD_SUBSTITUTION"],
  ])("minds what is wrong with %s only where it runs", (_, wrong, rule) => {
    const stages = ["FROM scratch AS a", wrong, "FROM scratch AS b", "ENV c=1"];
    expect(errorsOf(stages)).toEqual([]);
    expect(errorsOf(stages, "b")).toEqual([]);
    expect(new Set(errorsOf(stages, "A"))).toEqual(new Set([`2 ${rule}`]));
    expect(new Set(errorsOf([...stages, "FROM a"]))).toEqual(new Set([`2 ${rule}`]));
    expect(new Set(errorsOf(["ARG base=a", ...stages, "FROM $base"]))).toEqual(new Set([`3 ${rule}`]));
    expect(new Set(errorsOf([...stages, "FROM b", "COPY --from=a /x /"]))).toEqual(new Set([`2 ${rule}`]));
  });

  it("minds what is wrong with a trigger's value only where the trigger runs", () => {
    const stages = ["FROM scratch AS a", "ONBUILD ENV a=${b", "FROM a AS b"];
    expect(errorsOf(stages, "a")).toEqual([]);
    expect(errorsOf(stages, "b")).toEqual(["2 DOCKERFILE_BAD_SUBSTITUTION"]);
  });

  it.each([
    ["an instruction that is none", "COPPY a b", "DOCKERFILE_UNKNOWN_INSTRUCTION"],
    ["a flag", "COPY --none a b", "DOCKERFILE_UNKNOWN_FLAG"],
    ["a switch", "COPY --link=9 --chmod=7 a b", "DOCKERFILE_INVALID_FLAG_VALUE"],
    ["a duration", "HEALTHCHECK --interval=x CMD y", "DOCKERFILE_INVALID_FLAG_VALUE"],
  ])("minds %s also in a stage that the target does not need", (_, wrong, rule) => {
    expect(errorsOf(["FROM scratch AS a", wrong, "FROM scratch AS b"])).toEqual([`2 ${rule}`]);
  });

  it("lets warnings refuse a file whose only errors lie where nothing runs", () => {
    const stages = ["# check=error=true", "FROM scratch AS a", "EXPOSE none", "FROM scratch as b"];
    expect(errorsOf(stages)).toEqual(["4 FromAsCasing"]);
  });
});
