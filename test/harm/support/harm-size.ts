/** "full" under `npm run test:full`. The quick size is for every run: a sample of the same. */
const harmSize: "quick" | "full" = process.env["OCI_BUILD_TEST_SIZE"] === "full" ? "full" : "quick";

/** A number that depends on the size of the run. */
export function sized(numbers: { readonly quick: number; readonly full: number }): number {
  return numbers[harmSize];
}

/** Every `step`-th of the numbers below `count`, from a start that is no multiple of it, so that samples of several
 * lists do not all begin with the same ones. */
export function sample(count: number, step: number): readonly number[] {
  const first = count % step;
  return Array.from({ length: count }, (_, index) => index).filter((index) => index % step === first % step);
}

/** Shows how large a run was. */
export function tellSize(text: string): void {
  process.stdout.write(`${harmSize} size: ${text}\n`);
}
