/** A Dockerfile as the known differences look at it: by text, and not with our parser, which is on trial. */
export interface DockerfileText {
  readonly text: string;
  /** Continued lines in one, comments and blank lines left out. */
  readonly lines: readonly TextLine[];
  readonly escape: "\\" | "`";
}

/** One instruction. */
export interface TextLine {
  /** In capitals; that of the trigger for ONBUILD. */
  readonly keyword: string;
  readonly rest: string;
  readonly origin: "own" | "trigger";
  /** Where it begins and ends, from 1. */
  readonly first: number;
  readonly last: number;
  /** From 0; -1 before the first FROM. */
  readonly stage: number;
}

type RawLine = Pick<TextLine, "first" | "last"> & { readonly text: string };

/** Takes a Dockerfile apart. Here-documents, which few files have, become lines. */
export function dockerfileText(text: string): DockerfileText {
  const escapeCharacter = /^\uFEFF?#\s*escape\s*=\s*`/i.test(text) ? "`" : "\\";
  let stage = -1;
  const lines = joinLines(text.replace(/^\uFEFF/, "").split(/\r?\n/), escapeCharacter).map(
    ({ text: joined, first, last }) => {
      const [, onBuild, keyword = "", rest = ""] = /^\s*(ONBUILD\s+)?(\S+)\s*(.*)$/is.exec(joined) ?? [];
      if (keyword.toUpperCase() === "FROM") stage += 1;
      const origin = onBuild === undefined ? ("own" as const) : ("trigger" as const);
      return { keyword: keyword.toUpperCase(), rest, origin, first, last, stage };
    },
  );
  return { text, lines, escape: escapeCharacter };
}

function joinLines(lines: readonly string[], mark: string): readonly RawLine[] {
  const joined: RawLine[] = [];
  let open: RawLine | undefined;
  for (const [index, line] of lines.entries()) {
    if (/^\s*(#|$)/.test(line)) continue;
    const trimmed = line.trimEnd();
    const continues = trimmed.endsWith(mark) && !trimmed.endsWith(mark + mark);
    const text = (open?.text ?? "") + (continues ? trimmed.slice(0, -1) : line);
    const raw = { text, first: open?.first ?? index + 1, last: index + 1 };
    open = continues ? raw : undefined;
    if (!continues) joined.push(raw);
  }
  return open === undefined ? joined : [...joined, open];
}

/** The stages that the last one needs, by what FROM and `--from` say. */
export function neededStages({ lines }: DockerfileText): ReadonlySet<number> {
  const froms = lines.filter(({ keyword }) => keyword === "FROM");
  const names = froms.map(({ rest }) => (/\sAS\s+(\S+)/i.exec(rest)?.[1] ?? "").toLowerCase());
  const needed = new Set<number>();
  const add = (stage: number): void => {
    if (stage < 0 || needed.has(stage)) return;
    needed.add(stage);
    const base = /^(?:--\S+\s+)?(\S+)/.exec(froms[stage]?.rest ?? "")?.[1] ?? "";
    add(names.slice(0, stage).lastIndexOf(base));
    for (const { rest } of lines.filter((line) => line.stage === stage)) {
      const from = /--from=(\S+)/.exec(rest)?.[1];
      if (from !== undefined) add(/^\d+$/.test(from) ? Number(from) : names.lastIndexOf(from));
    }
  };
  add(froms.length - 1);
  return needed;
}

/** Whether something that builders read differently may reach a field, directly or through variables. */
export function reaches(file: DockerfileText, source: (line: TextLine) => boolean, field: string): boolean {
  const [kind = ""] = field.split(" ");
  return touchedLines(file, source).some(({ keyword }) => keyword === fieldKeywords[kind]);
}

/** The lines that differ themselves, and those that use what these set, directly or not. */
function touchedLines({ lines }: DockerfileText, source: (line: TextLine) => boolean): readonly TextLine[] {
  const touched = new Set(lines.filter(source));
  for (let size = -1; size !== touched.size; ) {
    size = touched.size;
    const names = [...touched].flatMap(setNames);
    for (const line of lines) if (names.some((name) => uses(line, name))) touched.add(line);
  }
  return [...touched];
}

const fieldKeywords: Readonly<Record<string, string>> = {
  Env: "ENV",
  Label: "LABEL",
  WorkingDir: "WORKDIR",
  User: "USER",
  ExposedPorts: "EXPOSE",
  Volumes: "VOLUME",
  StopSignal: "STOPSIGNAL",
  Cmd: "CMD",
  Entrypoint: "ENTRYPOINT",
  Healthcheck: "HEALTHCHECK",
};

/** Whatever may be a name that the line sets. */
export function setNames({ keyword, rest }: TextLine): readonly string[] {
  if (keyword !== "ENV" && keyword !== "ARG") return [];
  return [...rest.matchAll(/[\p{L}_][\p{L}\d_]*/gu)].map(([name]) => name);
}

/** Whether a line expands a variable. */
export function uses({ rest }: TextLine, name: string): boolean {
  return new RegExp(`\\$\\{?${name}(?![\\p{L}\\d_])`, "u").test(rest);
}
