import fc from "fast-check";

const words = [
  "FROM a AS b",
  "from --platform=linux/amd64 a as c",
  "RUN a b  c",
  "RUN --mount=type=cache,target=/x --network=none a b",
  "RUN -- a",
  'RUN [ "a b" , "c" ]',
  "COPY --from=b --link a b c",
  'COPY ["a b", "c"]',
  "ADD a b",
  "ENV A=1 B='x y' C=\"z  z\"",
  "ENV A b",
  "ENV A b  c",
  'ENV A "b c"',
  "LABEL a=b c=d",
  "LABEL a b",
  "ARG A B=c",
  "ARG A=1 #B=2 C",
  "EXPOSE 80 90/udp",
  "VOLUME /a /b",
  'VOLUME ["/a"]',
  "WORKDIR /a b",
  "USER a",
  "STOPSIGNAL SIGINT",
  'CMD ["a" ,"b"]',
  "CMD a  'b  c'",
  "ENTRYPOINT []",
  'SHELL ["a", "b"]',
  "HEALTHCHECK --interval=5s cmd a b",
  'HEALTHCHECK CMD ["a" ,"b c"]',
  'HEALTHCHECK --retries=3 cmd [ "a" ]',
  "healthcheck none",
  "ONBUILD RUN a  b",
  "onbuild copy --link a b",
  "ONBUILD  env A b",
  "MAINTAINER a b",
  "COPY a\\ b c",
  "RUN a\\",
  "ENV A=a\\ b",
];
const gaps = [
  " ",
  " ",
  " ",
  "  ",
  "\t",
  " \\\n  ",
  "\\\n",
  "\\\n\t ",
  " \\\n  # c \n    ",
  " \\ \n\n  ",
  " \\\r\n ",
  "\f",
  " \\\n#\n",
];
const between = [
  "\n",
  "\n",
  "\n\n",
  "\n# c\n",
  "\n\n  # c  \n\n",
  "  \n",
  "\r\n",
  "\n\n\n",
  "\u00a0\n",
  "\\\n",
  " \\\n",
  "\n#!x\n",
];
const heads = [
  "",
  "",
  "",
  "# syntax=a\n",
  "#  Escape = `  \n",
  "\n# syntax=b\n",
  "\uFEFF",
  "\uFEFF\n",
  "# c\n",
  "#!x\n# syntax=a\n",
  "  # syntax=a\n",
  " #!x\n#syntax=a\n",
  "# check = skip=all\n\n",
];
const heredocs = [
  "RUN <<E\na \nE",
  'COPY <<"a  b" c /d\nx\na  b',
  "RUN  <<-E  cat \\\n  x\n\ty\n\tE",
  "COPY <<a <<b /c\na\nb",
];

const instruction = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.constantFrom(...words).chain((line) => {
      const pieces = line.split(" ");
      return fc
        .tuple(...pieces.map(() => fc.constantFrom(...gaps)))
        .map((all) => pieces.map((piece, index) => (index === 0 ? "" : all[index]) + piece).join(""));
    }),
  },
  { weight: 1, arbitrary: fc.constantFrom(...heredocs) },
);

/** Dockerfiles that mostly are right and never tidy. */
export const messyDockerfile: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom(...heads),
    fc.array(fc.tuple(fc.constantFrom("", "", "  ", "\t"), instruction, fc.constantFrom(...between)), {
      minLength: 1,
      maxLength: 8,
    }),
  )
  .map(([head, lines]) => `${head}FROM x\n${lines.map((line) => line.join("")).join("")}`);
