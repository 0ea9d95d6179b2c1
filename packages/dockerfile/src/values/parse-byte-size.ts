const sizePattern = /^(\d+(?:\.\d+)?) ?(?:([kmgtp])(?:i?b)?|b)?$/i;
const units = "kmgtp";

/** A number of bytes such as `64m`, `1.5GiB`, `4096`; units are powers of 1024 with and without `i`. undefined for
 * other texts, and for more than 2^53 bytes.
 * @see https://pkg.go.dev/github.com/docker/go-units#RAMInBytes */
export function parseByteSize(text: string): number | undefined {
  const match = sizePattern.exec(text);
  if (match === null) return undefined;
  const unit = (match[2] ?? "").toLowerCase();
  const bytes = Math.trunc(Number(match[1]) * 1024 ** (unit === "" ? 0 : units.indexOf(unit) + 1));
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}
