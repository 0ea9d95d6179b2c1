import type { DockerfileText } from "./dockerfile-text.js";
import type { KnownDifference } from "./known-differences.js";

interface Refusal {
  readonly name: string;
  readonly shownBy: string;
  readonly example: string;
  readonly message: RegExp;
  readonly text: RegExp;
}

/** What buildah refuses and BuildKit does not mind. */
const refusals: readonly Refusal[] = [
  {
    name: "buildah's variables know no operator without a colon and no patterns",
    shownBy: "shell/lex.go, processDollar",
    example: "FROM scratch\nENV a=${b-1}\n",
    message: /Missing ':' in substitution/,
    text: /\$\{[\p{L}\d_]+[-+?#%/]/u,
  },
  {
    name: "buildah's variables know no question mark",
    shownBy: "shell/lex.go, processDollar",
    example: "FROM scratch\nENV a=${PATH:?}\n",
    message: /Unsupported modifier \(\?\) in substitution/,
    text: /\$\{[\p{L}\d_]+:\?/u,
  },
  {
    name: "buildah's expansion knows no other escape character than the backslash, and may fail for it",
    shownBy: "shell/lex.go, NewLex(escapeToken)",
    example: '# escape=`\nFROM scratch\nENV a=`"\n',
    message:
      /unexpected end of statement while looking for matching|Missing ':' in substitution|Unsupported modifier/,
    text: /^\uFEFF?#\s*escape\s*=\s*`/i,
  },
  {
    name: "buildah refuses an EXPOSE whose variables give nothing",
    shownBy: "dockerfile2llb/convert_expose.go, dispatchExpose",
    example: "FROM scratch\nEXPOSE $u\n",
    message: /EXPOSE requires at least one argument/,
    text: /EXPOSE.*(\$|"")/is,
  },
  {
    name: "buildah does not find the image of a last stage that adds nothing to another",
    shownBy: "dockerfile2llb/convert.go, dispatchStages",
    example: "FROM scratch AS s\nENV a=1\nFROM s\n",
    message: /locating new copy of image .* image not known/,
    text: /FROM(?!.*\bFROM\b).*$/is,
  },
  {
    name: "BuildKit takes owners that are not known as 0",
    shownBy: "../../solver/llbsolver/file/user_linux.go, readUser",
    example: "FROM scratch\nCOPY --chown=none a.txt /\n",
    message: /looking up UID\/GID for/,
    text: /--chown=/,
  },
  {
    name: "buildah cannot take some volumes one after the other",
    shownBy: "dockerfile2llb/convert.go, dispatchVolume",
    example: `FROM scratch\nVOLUME ["/v", "v"]\n`,
    message: /to the volume cache/,
    text: /VOLUME/i,
  },
  {
    name: "buildah refuses durations of 0",
    shownBy: "instructions/parse.go, parseOptInterval",
    example: "FROM scratch\nHEALTHCHECK --interval=0s CMD a\n",
    message: /Interval ".*" must be positive/,
    text: /=0s?\b/,
  },
  {
    name: "buildah refuses 0 retries",
    shownBy: "instructions/parse.go, parseHealthcheck: retries < 0",
    example: "FROM scratch\nHEALTHCHECK --retries=0 CMD a\n",
    message: /--retries must be at least 1 \(not 0\)/,
    text: /--retries=\+?0+\b/,
  },
  {
    name: "buildah has no here-documents",
    shownBy: "parser/parser.go, heredocsFromLine",
    example: "FROM scratch\nCOPY <<E /x\nE\n",
    message: /checking on sources under .*"\/<</,
    text: /<</,
  },
  {
    name: "buildah has no --start-interval",
    shownBy: "instructions/parse.go, parseHealthcheck",
    example: "FROM scratch\nHEALTHCHECK --start-interval=1s CMD a\n",
    message: /flag provided but not defined: -start-interval/,
    text: /--start-interval/,
  },
];

/** Everything that only buildah refuses, and why we are right. */
export const onlyBuildahRefuses: readonly KnownDifference[] = refusals.map(({ message, text, ...known }) => ({
  ...known,
  explains: (found, file: DockerfileText) =>
    found.kind === "only buildah refuses" && message.test(found.message) && text.test(file.text),
}));
