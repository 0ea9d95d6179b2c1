type Environment = Readonly<Record<string, string | undefined>>;

const FIXED_SEED = 20_261_121;

/** Where property tests begin: all at one seed, so that a run fails for what was changed and for nothing else; each at
 * one of its own in full size, which goes on looking. `OCI_BUILD_TEST_SEED` sets it in either. A property that fails
 * says its seed. */
export function readPropertySeed(env: Environment): number | undefined {
  const isOpen = env["OCI_BUILD_TEST_SIZE"] === "full" && !env["OCI_BUILD_TEST_SEED"];
  return isOpen ? undefined : readSeed(env);
}

/** As `readPropertySeed`, for what begins at one seed in full size, too. */
export function readSeed({ OCI_BUILD_TEST_SEED: seed }: Environment): number {
  if (seed === undefined || seed === "") return FIXED_SEED;
  if (!/^-?\d{1,10}$/.test(seed)) throw new TypeError(`OCI_BUILD_TEST_SEED=${seed}: expected a whole number`);
  return Number(seed);
}

/** Says once a run where its property tests begin. */
export default function sayPropertySeed(): void {
  const seed = readPropertySeed(process.env);
  process.stdout.write(`Property tests: ${seed === undefined ? "a seed each" : `seed ${seed}`}\n`);
}
