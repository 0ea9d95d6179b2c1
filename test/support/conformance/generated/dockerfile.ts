import fc, { type Arbitrary } from "fast-check";
import { arg, filler, instruction } from "./instructions.js";
import { gap, line } from "./layout.js";
import { mistakes } from "./mistakes.js";
import { ESCAPE } from "./words.js";

const scratch = fc.oneof(
  { weight: 9, arbitrary: fc.constant("scratch") },
  { weight: 1, arbitrary: fc.constantFrom("${u:-scratch}", "scra${u}tch") },
);

/** The FROM of the first, second and third stage; a later one mostly builds on an earlier one. */
const froms = [
  line("FROM", scratch, as("s")),
  fc.oneof(
    { weight: 1, arbitrary: line("FROM", scratch) },
    { weight: 4, arbitrary: line("FROM", fc.constant("s"), as("t")) },
  ),
  fc.oneof(
    { weight: 1, arbitrary: line("FROM", scratch) },
    { weight: 4, arbitrary: line("FROM", fc.constantFrom("s", "s", "t")) },
  ),
] as const;

function as(name: string): Arbitrary<string> {
  return fc.tuple(fc.constantFrom("AS", "as"), gap).map(([keyword, space]) => keyword + space + name);
}

const body = fc.array(fc.oneof({ weight: 12, arbitrary: instruction }, { weight: 1, arbitrary: filler }), {
  minLength: 1,
  maxLength: 6,
});

const stages = fc
  .tuple(fc.constantFrom(1, 1, 1, 2, 2, 3), fc.tuple(...froms.map((from) => fc.tuple(from, body))))
  .map(([count, all]) => all.slice(0, count).flatMap(([from, lines]) => [from, ...lines]));

const start = fc.oneof(
  { weight: 8, arbitrary: fc.constant<string[]>([]) },
  { weight: 3, arbitrary: fc.array(arg, { minLength: 1, maxLength: 2 }) },
  { weight: 1, arbitrary: filler.map((text) => [text]) },
);

const mistake = fc.tuple(fc.constantFrom(...mistakes), fc.integer({ min: 0, max: 9 }));

/** How the file is written: with which line breaks, mark and directives. */
const form = fc.record({
  escape: fc.oneof(
    { weight: 9, arbitrary: fc.constant({ character: "\\", directive: "" }) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        { character: "`", directive: "# escape=`\n" },
        { character: "`", directive: "#escape = ` \n" },
        { character: "\\", directive: "# Escape=\\\n" },
        { character: "\\", directive: "# a comment\n# escape=`\n" },
        { character: "\\", directive: "\n# escape=`\n" },
        { character: "\\", directive: "# escape=x\n" },
        { character: "`", directive: "# escape=`\n# escape=`\n" },
      ),
    },
  ),
  lineBreak: fc.oneof(
    { weight: 9, arbitrary: fc.constant("\n") },
    { weight: 1, arbitrary: fc.constant("\r\n") },
  ),
  mark: fc.oneof({ weight: 15, arbitrary: fc.constant("") }, { weight: 1, arbitrary: fc.constant("\uFEFF") }),
  end: fc.oneof(
    { weight: 9, arbitrary: fc.constant("\n") },
    { weight: 1, arbitrary: fc.constantFrom("", "\n\n", "  \n") },
  ),
  indent: fc.oneof({ weight: 9, arbitrary: fc.constant("") }, { weight: 1, arbitrary: fc.constant("  ") }),
});

/** Dockerfiles of cheap instructions, a fourth of them with a mistake. */
export const dockerfile: Arbitrary<string> = fc
  .tuple(
    start,
    stages,
    fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: mistake }),
    form,
  )
  .map(([heading, lines, wrong, { escape: escaping, lineBreak, mark, end, indent }]) => {
    const all = [...heading, ...lines];
    if (wrong !== undefined) all.splice(heading.length + wrong[1], 0, wrong[0]);
    const text = all.map((line) => indent + line).join("\n") + end;
    const written = escaping.directive + text.replaceAll(ESCAPE, escaping.character);
    return mark + written.replaceAll("\n", lineBreak);
  });
