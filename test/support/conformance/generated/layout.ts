import fc, { type Arbitrary } from "fast-check";
import { ESCAPE } from "./words.js";

/** What may stand between two words of an instruction. */
export const gap: Arbitrary<string> = fc.oneof(
  { weight: 40, arbitrary: fc.constant(" ") },
  { weight: 3, arbitrary: fc.constantFrom("  ", "\t", " \t ") },
  {
    weight: 5,
    arbitrary: fc.constantFrom(
      ` ${ESCAPE}\n`,
      ` ${ESCAPE}\n  `,
      `${ESCAPE}\n `,
      ` ${ESCAPE} \t\n `,
      ` ${ESCAPE}\n# a comment ${ESCAPE}\n `,
      ` ${ESCAPE}\n  # a comment\n\t`,
      ` ${ESCAPE}\n\n `,
      ` ${ESCAPE}\n ${ESCAPE}\n `,
    ),
  },
);

/** Puts words behind a keyword, with gaps between them. */
export function line(keyword: string, ...words: readonly Arbitrary<string>[]): Arbitrary<string> {
  const spaced = words.map((word) => fc.tuple(gap, word).map((parts) => parts.join("")));
  return fc.tuple(cased(keyword), fc.tuple(...spaced)).map(([name, rest]) => name + rest.join(""));
}

/** Words with gaps between them. */
export function list(
  item: Arbitrary<string>,
  { min = 1, max = 3 }: { readonly min?: number; readonly max?: number } = {},
): Arbitrary<string> {
  return fc
    .array(fc.tuple(item, gap), { minLength: min, maxLength: max })
    .map((items) =>
      items.map(([text, space], index) => (index + 1 < items.length ? text + space : text)).join(""),
    );
}

/** A JSON array of strings, with white space of its own. */
export function jsonList(
  item: Arbitrary<string>,
  { min = 1 }: { readonly min?: number } = {},
): Arbitrary<string> {
  const comma = fc.constantFrom(", ", ",", " , ", `, ${ESCAPE}\n  `);
  const inner = fc
    .tuple(fc.array(fc.tuple(item, comma), { minLength: min, maxLength: 3 }), fc.constantFrom("", "", " "))
    .map(([items, space]) => {
      const texts = items.map(
        ([text, separator], index) => JSON.stringify(text) + (index + 1 < items.length ? separator : ""),
      );
      return `[${space}${texts.join("")}${space}]`;
    });
  return inner;
}

function cased(keyword: string): Arbitrary<string> {
  const capital = keyword.charAt(0) + keyword.slice(1).toLowerCase();
  return fc.oneof(
    { weight: 8, arbitrary: fc.constant(keyword) },
    { weight: 2, arbitrary: fc.constantFrom(keyword.toLowerCase(), capital) },
  );
}
