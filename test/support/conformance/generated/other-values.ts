import { type DockerfileText, reaches, setNames, type TextLine, uses } from "./dockerfile-text.js";
import type { KnownDifference } from "./known-differences.js";

/** Values that differ, and why ours are right. */
export const otherValues: readonly KnownDifference[] = [
  {
    name: "buildah does not use SHELL for CMD and ENTRYPOINT",
    shownBy: "dockerfile2llb/convert.go, withShell",
    example: `FROM scratch\nSHELL ["a"]\nCMD b\n`,
    explains: (found, { lines }) =>
      found.kind === "value" &&
      isCommand(found.field) &&
      lines.some(({ keyword }) => keyword === "SHELL") &&
      found.buildah !== undefined &&
      list(found.buildah).slice(0, 2).join(" ") === "/bin/sh -c" &&
      list(found.ours).at(-1) === (list(found.buildah)[2] ?? ""),
  },
  {
    name: "in BuildKit a CMD or ENTRYPOINT of nothing is an empty command for the shell",
    shownBy: "dockerfile2llb/convert.go, withShell",
    example: "FROM scratch\nCMD\n",
    explains: (found, { lines }) =>
      found.kind === "value" &&
      isCommand(found.field) &&
      list(found.ours).at(-1) === "" &&
      lines.some(({ keyword, rest }) => keyword === found.field.toUpperCase() && rest === "") &&
      ["", "/bin/sh -c"].includes(list(found.buildah).join(" ")),
  },
  {
    name: "in BuildKit a variable that is set again keeps its place",
    shownBy: "dockerfile2llb/convert.go, addEnv",
    example: "FROM scratch AS s\nENV a=1 b=2\nFROM s\nENV a=3\n",
    explains: (found) =>
      found.kind === "value" &&
      found.field === "Env" &&
      list(found.ours).toSorted().join("\n") === list(found.buildah).toSorted().join("\n"),
  },
  {
    name: "for BuildKit a name of a variable may hold an equals sign",
    shownBy: "dockerfile2llb/convert.go, addEnv",
    example: "FROM scratch\nENV a=1 b==\nENV a$b=2\n",
    explains: (found, file) =>
      found.kind === "value" &&
      reaches(
        file,
        ({ keyword, rest }) => keyword === "ENV" && /(^|\s)[^\s=]*\$[^\s=]*=/.test(rest),
        found.field,
      ),
  },
  {
    name: "for BuildKit JSON with something behind it is text",
    shownBy: "parser/line_parsers.go, parseJSON: json.Unmarshal",
    example: `FROM scratch\nCMD ["a"] b\n`,
    explains: (found, file) =>
      found.kind === "value" && reaches(file, ({ rest }) => /\[.*\]\s*[^\s\]]+$/s.test(rest), found.field),
  },
  {
    name: "BuildKit takes ranges of ports apart, drops what the host has, and writes protocols in small letters",
    shownBy: "dockerfile2llb/convert_expose.go, parsePortSpec",
    example: "FROM scratch\nEXPOSE 80-81/UDP\n",
    explains: (found) =>
      found.kind === "value" &&
      found.field === "ExposedPorts" &&
      found.ours !== undefined &&
      JSON.stringify([...new Set(list(found.buildah).flatMap(singlePorts))].sort()) === found.ours,
  },
  {
    name: "BuildKit knows the shell's special parameters, which have no value",
    shownBy: "shell/lex.go, isSpecialParam",
    example: "FROM scratch\nENV a=$?\n",
    explains: (found, file) =>
      found.kind === "value" &&
      reaches(file, ({ rest }) => /\$\{?[@*#?$!-]|\$\{?\d{2}/.test(rest), found.field),
  },
  {
    name: "buildah's expansion knows no other escape character than the backslash",
    shownBy: "shell/lex.go, NewLex(escapeToken)",
    example: "# escape=`\nFROM scratch\nENV a=`$b\n",
    explains: (found, file) =>
      found.kind === "value" &&
      file.escape === "`" &&
      reaches(file, ({ rest }) => /[\\`]/.test(rest), found.field),
  },
  {
    name: "in BuildKit an ARG hides an earlier ENV of its name",
    shownBy: "dockerfile2llb/convert.go, dispatchArg: AddEnv",
    example: "FROM scratch\nENV a=1\nARG a=2\nENV b=$a\n",
    explains: (found, file) =>
      found.kind === "value" && reaches(file, (line) => hidesEnv(line, file), found.field),
  },
  {
    name: "in BuildKit the ARGs of a line see each other",
    shownBy: "dockerfile2llb/convert.go, dispatchArg",
    example: "FROM scratch\nARG a=1 b=$a\nENV c=$b\n",
    explains: (found, file) =>
      found.kind === "value" &&
      reaches(
        file,
        (line) => line.keyword === "ARG" && setNames(line).some((name) => uses(line, name)),
        found.field,
      ),
  },
  {
    name: "in BuildKit a stage inherits the ARGs of the stage it stands on",
    shownBy: "dockerfile2llb/convert.go, dispatchState.init",
    example: "FROM scratch AS s\nARG a=1\nFROM s\nENV b=$a\n",
    explains: (found, file) =>
      found.kind === "value" &&
      reaches(
        file,
        (line) =>
          file.lines.some(
            (arg) =>
              arg.keyword === "ARG" &&
              arg.stage >= 0 &&
              arg.stage < line.stage &&
              setNames(arg).some((name) => uses(line, name)),
          ),
        found.field,
      ),
  },
];

function isCommand(field: string): boolean {
  return field === "Cmd" || field === "Entrypoint";
}

function list(value: string | undefined): readonly string[] {
  return value === undefined ? [] : (JSON.parse(value) as string[]);
}

/** `8000-8001/UDP` as `8000/udp 8001/udp`; what is none stays. */
function singlePorts(port: string): readonly string[] {
  const match = /^(?:.*:)?(\d+)(?:-(\d+))?\/(.*)$/.exec(port);
  if (match === null) return [port];
  const [, first = "", last = first, protocol = ""] = match;
  return Array.from(
    { length: Number(last) - Number(first) + 1 },
    (_, index) => `${Number(first) + index}/${protocol.toLowerCase() || "tcp"}`,
  );
}

function hidesEnv(arg: TextLine, { lines }: DockerfileText): boolean {
  if (arg.keyword !== "ARG") return false;
  const earlier = lines.filter((line) => line.keyword === "ENV" && line.first < arg.first).flatMap(setNames);
  return setNames(arg).some((name) => earlier.includes(name));
}
