import { describe, expect, it } from "vitest";
import { type Diagnostic, parseDockerfile, renderDiagnostic } from "../index.js";

function render(
  source: string,
  options: { color?: "ansi" | "plain"; width?: number; file?: string } = {},
): string {
  const [diagnostic] = parseDockerfile(source).diagnostics;
  if (diagnostic === undefined) throw new Error("no diagnostic");
  return renderDiagnostic(diagnostic, source, { file: "Dockerfile", ...options });
}

/** The frame alone: the lines with a bar. */
function frame(source: string, width = 100): readonly string[] {
  return render(source, { width })
    .split("\n")
    .filter((line) => /^[> ] +\d* \|/.test(line));
}

describe("renderDiagnostic", () => {
  it("shows place, rule, two lines around, carets, hint and link", () => {
    expect(render("FROM a\nUSER x\nCOPY --form=base /a /b\nRUN x\nRUN y\nRUN z\n")).toBe(
      [
        "Dockerfile:3:6: error: COPY has no flag --form [DOCKERFILE_UNKNOWN_FLAG]",
        "  1 | FROM a",
        "  2 | USER x",
        "> 3 | COPY --form=base /a /b",
        "    |      ^^^^^^^^^^^",
        "  4 | RUN x",
        "  5 | RUN y",
        "  hint: Did you mean --from?",
        "  docs: https://docs.docker.com/reference/dockerfile/#copy",
      ].join("\n"),
    );
  });

  it("shows the places of notes", () => {
    expect(render("FROM a AS x\nCOPY --from=x a b\n")).toContain(
      "\n  note: the stage begins here (Dockerfile:1:1)",
    );
  });

  it("draws tabs to columns of four", () => {
    expect(frame("FROM a\nCOPY\ta\t--x\n\tUSER")).toContain("> 3 |     USER");
    expect(frame("FROM a\nENV ab=c\td=\tx y\n")).toContain("> 2 | ENV ab=c    d=  x y");
    expect(frame("FROM a\n\t\tUSER\n").slice(1, 3)).toEqual(["> 2 |         USER", "    |         ^^^^"]);
  });

  it("keeps carets under wide, combining and astral characters", () => {
    expect(frame("FROM a\nENV 漢=字 é😀=x y\n").slice(1, 3)).toEqual([
      "> 2 | ENV 漢=字 é😀=x y",
      "    |                 ^",
    ]);
  });

  it("marks every line of a place of several lines, with carets under the first", () => {
    expect(frame("FROM a\nCMD [1,\\\n  2,\\\n  3]\nUSER x\n")).toEqual([
      "  1 | FROM a",
      "> 2 | CMD [1,\\",
      "    |     ^^^^",
      ">  3 |   2,\\".replace(">  3", "> 3"),
      "> 4 |   3]",
      "  5 | USER x",
    ]);
  });

  it("cuts long lines around the place", () => {
    const source = `FROM a\nRUN --mount=type=bind,target=/${"x".repeat(300)},oops=1,source=${"y".repeat(300)} z\n`;
    const lines = frame(source, 60);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(60);
    expect(lines[1]).toMatch(/^> 2 \| …x+,oops=1,source=y+…$/);
    const start = lines[1]?.indexOf("oops") ?? -1;
    expect(lines[2]).toBe(`    |${" ".repeat(start - 5)}^^^^`);
  });

  it("lets no control character or direction mark of the source through", () => {
    const source = "FROM a\nU\u001b[31mSE\u0007R \u202ex\u0000\u007f\u009b1m\ud800\n";
    const shown = render(source);
    expect(shown).not.toMatch(/(?!\n)[\p{Cc}\p{Cs}\u202a-\u202e]/u);
    expect(shown).toContain("> 2 | U␛[31mSE␇R �x␀␡�1m�");
  });

  it("makes file names safe, too", () => {
    expect(render("", { file: "a\u001b]0;x\u0007\nb" })).toMatch(/^a␛\]0;x␇ b:1:1: error/);
  });

  it("colours only when asked", () => {
    const source = "FROM a\nUSER\n";
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control characters
    expect(render(source, { color: "ansi" }).replaceAll(/\u001b\[[\d;]*m/g, "")).toBe(render(source));
    expect(render(source, { color: "ansi" })).toContain("\u001b[31;1m^^^^\u001b[0m");
  });

  it.each([
    ["an empty text", "", ["> 1 |", "    | ^"]],
    ["the end of a text", "FROM a\nRUN <<E", ["  1 | FROM a", "> 2 | RUN <<E", "    |     ^^^"]],
    [
      "CRLF lines",
      "FROM a\r\nUSER\r\nUSER x\r\n",
      ["  1 | FROM a", "> 2 | USER", "    | ^^^^", "  3 | USER x"],
    ],
  ])("works on %s", (_name, source, expected) => {
    expect(frame(source)).toEqual(expected);
  });

  it("works for a place behind the end of a source that has changed", () => {
    const diagnostic: Diagnostic = {
      rule: "X",
      severity: "warning",
      message: "m",
      span: { start: { offset: 90, line: 9, column: 5 }, end: { offset: 95, line: 9, column: 10 } },
      notes: [],
    };
    expect(renderDiagnostic(diagnostic, "FROM a\n", { file: "f" })).toMatch(/^f:9:5: warning: m \[X\]\n/);
  });
});
