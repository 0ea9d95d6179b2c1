/** "full" under `npm run test:full`. The quick size is for every run: a sample of the same. */
const harmSize: "quick" | "full" = process.env["OCI_BUILD_TEST_SIZE"] === "full" ? "full" : "quick";

/** A number that depends on the size of the run. */
export function sized(numbers: { readonly quick: number; readonly full: number }): number {
  return numbers[harmSize];
}

/** One in `step` of the numbers below `count`, and at least one, evenly spread. */
export function sample(count: number, step: number): readonly number[] {
  const taken = Math.ceil(count / step);
  return Array.from({ length: taken }, (_, index) => Math.floor(((index + 0.5) * count) / taken));
}

/** Shows how large a run was. */
export function tellSize(text: string): void {
  process.stdout.write(`${harmSize} size: ${text}\n`);
}
