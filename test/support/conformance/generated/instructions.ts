import fc, { type Arbitrary } from "fast-check";
import { gap, jsonList, line, list } from "./layout.js";
import { ESCAPE, filledWord, pathWord, plainPathWord, variable, variableName, word } from "./words.js";

const pair = (name: Arbitrary<string>): Arbitrary<string> =>
  fc.tuple(name, word).map((parts) => parts.join("="));

/** Text that runs to the end of the line. */
const text: Arbitrary<string> = fc.oneof(
  { weight: 2, arbitrary: list(filledWord) },
  {
    weight: 1,
    arbitrary: list(fc.constantFrom("run", "it", "'a b'", '"$c"', "&&", "#x", "--flag", "-x", "<<E", "é")),
  },
);

const env = fc.oneof(
  { weight: 4, arbitrary: line("ENV", list(pair(variableName))) },
  { weight: 1, arbitrary: line("ENV", variableName, text) },
  {
    weight: 1,
    arbitrary: line("ENV", pair(fc.constantFrom("PATH", "x.y", "x-y", '"q n"', "1x", "$a", "é", "a$b"))),
  },
);

const labelName = fc.constantFrom("l", "l.m", "org.x/y", '"l q"', "l$a", "'m'", "é");

const label = fc.oneof(
  { weight: 4, arbitrary: line("LABEL", list(pair(labelName))) },
  { weight: 1, arbitrary: line("LABEL", fc.constantFrom("l", "m"), text) },
);

const argument = fc.oneof(
  { weight: 2, arbitrary: variableName },
  { weight: 4, arbitrary: pair(variableName) },
);

/** ARG, also before the first FROM. */
export const arg: Arbitrary<string> = fc.oneof(
  { weight: 8, arbitrary: line("ARG", argument) },
  { weight: 1, arbitrary: line("ARG", list(argument, { min: 2 })) },
  {
    weight: 1,
    arbitrary: line(
      "ARG",
      fc.constantFrom("TARGETOS", "TARGETARCH", "TARGETPLATFORM", "BUILDOS", "HTTP_PROXY"),
    ),
  },
);

/** A path, with blanks in quotes only where the instruction takes one word. */
const path = (name: Arbitrary<string>): Arbitrary<string> =>
  fc
    .tuple(fc.constantFrom("/", "/", "", "./", "../", "//"), fc.array(name, { minLength: 1, maxLength: 3 }))
    .map(([start, names]) => start + names.join("/"))
    .filter((text) => text !== "");

const user = line("USER", fc.oneof(fc.constantFrom("me", "0", "1:2", "me:you", "1000:", ":3"), filledWord));
const workdir = line("WORKDIR", path(pathWord));

const port = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom("80", "443/tcp", "53/udp", "0", "65535", "9000/sctp", "080") },
  { weight: 2, arbitrary: fc.tuple(variable(1), fc.constantFrom("", "/tcp")).map((parts) => parts.join("")) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      "80/TCP",
      "7000-7002",
      "7000-7001/udp",
      "81:80",
      "1.2.3.4:81:80",
      "80/",
      '"80"',
      "'81 82'",
    ),
  },
);
const expose = line("EXPOSE", list(port));

const volume = fc.oneof(
  { weight: 2, arbitrary: line("VOLUME", list(path(plainPathWord))) },
  {
    weight: 1,
    arbitrary: line("VOLUME", jsonList(fc.constantFrom("/v", "/v w", "v", "/$a", "/v/", " /t "))),
  },
);

const commandItem = fc.constantFrom("run", "a b", "$a", "", '"', "\\", "é", "-c", "\t", "<>&", "\u2028");

/** CMD and its like: a list, or text for the shell. */
const command = (keyword: string): Arbitrary<string> =>
  fc.oneof(
    { weight: 4, arbitrary: line(keyword, jsonList(commandItem)) },
    { weight: 4, arbitrary: line(keyword, text) },
    {
      weight: 1,
      arbitrary: line(
        keyword,
        fc.constantFrom(
          "[]",
          '["a"',
          '["a"] b',
          "['a']",
          "[a]",
          '["a",]',
          "[ ]",
          '["\\u0041\\n"]',
          '["a""b"]',
        ),
      ),
    },
    { weight: 1, arbitrary: fc.constantFrom(keyword, `${keyword} `) },
  );

const shell = line("SHELL", jsonList(fc.constantFrom("/bin/bash", "-c", "-e x")));
const stopSignal = line(
  "STOPSIGNAL",
  fc.oneof(
    fc.constantFrom(
      "SIGTERM",
      "9",
      "KILL",
      "sigint",
      "SIGRTMIN+3",
      "SIGRTMAX-1",
      "RTMIN",
      '"TERM"',
      "15",
      "SIGPOLL",
      "64",
      "65",
      "100",
    ),
    fc.constantFrom("${u:-SIGTERM}", "${u:-9}", "SIG${u}TERM"),
  ),
);

const duration = fc.constantFrom(
  "1s",
  "1m30s",
  "5ms",
  "1.5h",
  "0s",
  "90s",
  "10s",
  "7m",
  "1h1m1s1ms",
  ".5s",
  "+2s",
  "100ns",
  "2m",
  "",
);
const timed = (...names: readonly string[]): Arbitrary<string> =>
  fc.tuple(fc.constantFrom(...names), duration).map((parts) => parts.join("="));
const checkFlag = fc.oneof(
  { weight: 12, arbitrary: timed("--interval", "--timeout", "--start-period") },
  { weight: 1, arbitrary: timed("--start-interval") },
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      "--retries=3",
      "--retries=5",
      "--retries=+2",
      "--retries=",
      "--retries=03",
      "--retries=0",
    ),
  },
);
const checkFlags = fc
  .uniqueArray(checkFlag, { minLength: 1, maxLength: 3, selector: (flag) => flag.split("=")[0] })
  .map((flags) => flags.join(" "));
const checkCommand = command("CMD").filter((text) => text.trim().length > "CMD".length);
const healthcheck = fc.oneof(
  { weight: 4, arbitrary: line("HEALTHCHECK", checkFlags, checkCommand) },
  { weight: 2, arbitrary: line("HEALTHCHECK", checkCommand) },
  { weight: 1, arbitrary: line("HEALTHCHECK", fc.constantFrom("NONE", "none")) },
);

const maintainer = line("MAINTAINER", fc.oneof(fc.constantFrom("me <me@example.com>", '"me"', "$a"), text));

const context = fc.constantFrom("a.txt", "b.txt", "./a.txt", "/a.txt", "d");
const copy = fc.oneof(
  { weight: 4, arbitrary: line("COPY", context, path(plainPathWord)) },
  {
    weight: 1,
    arbitrary: line(
      "COPY",
      fc.constantFrom("--chown=1:2", "--chmod=600", "--chown=$a", "--chmod=0755"),
      context,
      path(plainPathWord),
    ),
  },
  { weight: 1, arbitrary: line("COPY", fc.constantFrom('["a.txt", "/c d/"]', '["a.txt","b.txt","/dir/"]')) },
  { weight: 1, arbitrary: line("ADD", context, path(plainPathWord)) },
);

const heredoc = fc
  .tuple(fc.constantFrom("COPY", "ADD"), fc.constantFrom("<<E", "<<-E", "<<'E'"), gap)
  .map(([keyword, mark, space]) => `${keyword} ${mark}${space}/h\n\t$a text\nE`);

/** Weighted so that most files are about variables and the config. */
const cheap: Arbitrary<string> = fc.oneof(
  { weight: 10, arbitrary: env },
  { weight: 5, arbitrary: arg },
  { weight: 5, arbitrary: label },
  { weight: 3, arbitrary: user },
  { weight: 4, arbitrary: workdir },
  { weight: 4, arbitrary: expose },
  { weight: 2, arbitrary: volume },
  { weight: 4, arbitrary: command("CMD") },
  { weight: 4, arbitrary: command("ENTRYPOINT") },
  { weight: 1, arbitrary: shell },
  { weight: 2, arbitrary: stopSignal },
  { weight: 4, arbitrary: healthcheck },
  { weight: 1, arbitrary: maintainer },
  { weight: 2, arbitrary: copy },
);

/** Any instruction but FROM. */
export const instruction: Arbitrary<string> = fc.oneof(
  { weight: 200, arbitrary: cheap },
  { weight: 20, arbitrary: line("ONBUILD", cheap) },
  { weight: 1, arbitrary: heredoc },
);

/** What may stand between instructions. */
export const filler: Arbitrary<string> = fc.constantFrom(
  "",
  "# a comment",
  "  # indented",
  "\t",
  `# ends in ${ESCAPE}`,
  "#!shebang",
);
