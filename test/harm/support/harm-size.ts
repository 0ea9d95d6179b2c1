/** "full" under `npm run test:full`. The quick size is for every run: a sample of the same. */
const harmSize: "quick" | "full" = process.env["OCI_BUILD_TEST_SIZE"] === "full" ? "full" : "quick";

/** One share of a run. */
interface Part {
  /** From 1 on. */
  readonly number: number;
  readonly of: number;
}

/** Which share of a run this one is: `OCI_BUILD_TEST_PART=2/4` is the second of four, which together are the whole. */
export const harmPart: Part = parsePart(process.env["OCI_BUILD_TEST_PART"] ?? "1/1");

function parsePart(text: string): Part {
  const [number = 0, of = 0] = /^[1-9][0-9]?\/[1-9][0-9]?$/.test(text) ? text.split("/").map(Number) : [];
  if (number < 1 || number > of)
    throw new TypeError(`OCI_BUILD_TEST_PART=${text}: expected K/N, K from 1 to N`);
  return { number, of };
}

/** A number that depends on the size of the run. */
export function sized(numbers: { readonly quick: number; readonly full: number }): number {
  return numbers[harmSize];
}

/** This part's share of so many rounds, and at least one. */
export function roundsOfPart(rounds: number): number {
  return Math.max(1, Math.ceil((rounds - harmPart.number + 1) / harmPart.of));
}

/** Those of a list that this part has to do. */
export function ofPart<T>(all: readonly T[]): readonly T[] {
  return all.filter((_, index) => index % harmPart.of === harmPart.number - 1);
}

/** One in `step` of the numbers below `count`, and at least one, evenly spread; of those, this part's. */
export function sample(count: number, step: number): readonly number[] {
  const taken = Math.ceil(count / step);
  return ofPart(Array.from({ length: taken }, (_, index) => Math.floor(((index + 0.5) * count) / taken)));
}

/** Shows how large a run was. */
export function tellSize(text: string): void {
  const part = harmPart.of === 1 ? "" : `, part ${harmPart.number} of ${harmPart.of}`;
  process.stdout.write(`${harmSize} size${part}: ${text}\n`);
}
