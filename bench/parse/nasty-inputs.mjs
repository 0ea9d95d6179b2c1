/** Texts that make careless parsers slow, each of about a size in characters.
 * @param {number} size
 * @returns {readonly (readonly [name: string, text: string])[]} */
export function nastyInputs(size) {
  const fill = (/** @type {string} */ piece) => piece.repeat(Math.ceil(size / piece.length));
  const half = (/** @type {string} */ piece) => piece.repeat(Math.ceil(size / 2 / piece.length));
  const numbered = (/** @type {(index: number) => string} */ line) => {
    const lines = [];
    for (let length = 0, index = 0; length < size; index += 1) {
      lines.push(line(index));
      length += line(index).length;
    }
    return lines.join("");
  };
  return [
    ["continuation lines of RUN", `FROM a\nRUN x${fill(" \\\n  y")}\n`],
    ["continuation lines of ENV", `FROM a\nENV A=1${fill(" \\\n  B=2")}\n`],
    ["comments in a continued line", `FROM a\nRUN x \\\n${fill("# c\n")} y\n`],
    ["empty continuation lines", `FROM a\nRUN x \\\n${fill(" \\\n")} y\n`],
    ["nested quotes", `FROM a\nENV A=${fill('"\'\\"')}\nLABEL ${fill("'\"a\"'=\"'b'\" ")}\n`],
    ["nested braces", `FROM a\nENV A=${fill("$" + "{a:-")}\n`],
    ["variables", `FROM a\nENV A=${fill("$a$" + "{b}$" + "{c:-d}")}\n`],
    ["here-documents", `FROM a\n${numbered((index) => `RUN <<E${index}\nx\nE${index}\n`)}`],
    ["here-documents of one instruction", `FROM a\nCOPY ${fill("<<E ")}/d\n${fill("E\n")}`],
    ["here-documents without end", `FROM a\n${fill("RUN <<E\n")}`],
    [
      "stages on stages",
      `FROM a AS s0\n${numbered((index) => `FROM s${index} AS s${index + 1}\nCOPY --from=s${index} a b\n`)}`,
    ],
    [
      "triggers for many stages",
      `FROM a AS p\n${half("ONBUILD COPY --from=p $source /usr/src/app/\n")}${half("FROM p\nCOPY $source /usr/src/app/\n")}`,
    ],
    ["arguments before FROM", `${numbered((index) => `ARG A${index}=$A${index - 1}\n`)}FROM $A0\n`],
    ["flags", `FROM a\nRUN ${fill("--mount=type=cache,target=/a ")}x\n`],
    ["options of a mount", `FROM a\nRUN --mount=type=cache,target=/a${fill(",id=a")} x\n`],
    ["JSON strings", `FROM a\nCMD [${fill('"a",')}"b"]\n`],
    ["broken JSON", `FROM a\nCMD ${fill("[")}\n`],
    ["nested ONBUILD", `FROM a\n${fill("ONBUILD ")}RUN a\n`],
    ["unknown instructions", `FROM a\n${fill("RUNN a\n")}`],
    ["white space", `FROM a\nRUN a${fill(" \t")}b\n`],
    ["carriage returns", `FROM a\nRUN a${fill("\r")}b\n`],
    ["one long word", `FROM ${fill("a")}\n`],
    ["ports", `FROM a\nEXPOSE ${fill("80 ")}\n`],
    ["port ranges", `FROM a\nEXPOSE ${fill("0-65535 ")}\n`],
    ["typing errors in flags", `FROM a\n${fill("COPY --chwon=a b c\n")}`],
    // Instructions in their shortest forms: as many as a text can hold.
    ["shortest stages", fill("FROM a\n")],
    ["short stages that copy", fill("FROM p\nCOPY $a b\n")],
    ["stages of one name", fill("FROM b AS b\n")],
    ["stages on undefined variables", fill("FROM $a\n")],
    ["short arguments", `FROM a\n${fill("ARG a\n")}`],
    ["short arguments before FROM", `${fill("ARG a\n")}FROM a\n`],
    ["arguments like secrets", `FROM a\n${fill("ARG key\n")}`],
    ["short pairs", `FROM a\n${fill("ENV a=b\n")}`],
    ["short pairs of the old form", `FROM a\n${fill("ENV a b\n")}`],
    ["undefined variables of one letter", `FROM a\n${fill("USER $b\n")}`],
    ["many undefined variables", `FROM a\nENV a=${numbered((index) => `$v${index}`)}\n`],
    ["short commands", `FROM a\n${fill("CMD a\n")}`],
    ["short entrypoints", `FROM a\n${fill("ENTRYPOINT a\n")}`],
    ["short commands in mixed case", `FROM a\n${fill("Cmd a\n")}`],
    ["shortest unknown instructions", `FROM a\n${fill("X\n")}`],
    ["shortest unknown triggers", `FROM a\n${fill("ONBUILD X\n")}`],
    ["short unknown flags", `FROM a\n${fill("RUN --x\n")}`],
    ["ports that are none", `FROM a\n${fill("EXPOSE x\n")}`],
    ["empty here-documents", `FROM a\n${fill("ADD <<E b\nE\n")}`],
    ["comments that skip checks", `FROM a\n${fill("#check=skip=all\nCMD a\n")}`],
  ];
}
