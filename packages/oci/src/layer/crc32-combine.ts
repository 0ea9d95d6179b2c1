/** CRC-32's polynomial with its bits reversed: bit 31 stands for x^0, bit 0 for x^31. */
const POLYNOMIAL = 0xedb88320;
const ONE = 0x80000000;

/** x^(8·2^k) modulo the polynomial, for k from 0 to 52: enough for every length that a double holds exactly. */
const bytePowers: readonly number[] = squares(0x00800000, 53);

/** The CRC-32 of A followed by B, from the CRC-32 of each and the length of B in bytes.
 *
 * A CRC is a remainder of polynomials over GF(2), so B's bytes behind A multiply A's remainder by x^(8·length);
 * the two inversions that CRC-32 adds at both ends cancel. */
export function combineCrc32(first: number, second: number, secondBytes: number): number {
  let shifted = first;
  let rest = secondBytes;
  for (let bit = 0; rest > 0; bit += 1) {
    if (rest % 2 === 1) shifted = multiply(shifted, bytePowers[bit] ?? ONE);
    rest = Math.floor(rest / 2);
  }
  return (shifted ^ second) >>> 0;
}

/** The product of two polynomials modulo CRC-32's. */
function multiply(a: number, b: number): number {
  let product = 0;
  let shifted = b;
  for (let bit = ONE; bit !== 0; bit >>>= 1) {
    if ((a & bit) !== 0) product ^= shifted;
    shifted = (shifted & 1) === 1 ? (shifted >>> 1) ^ POLYNOMIAL : shifted >>> 1;
  }
  return product >>> 0;
}

function squares(start: number, count: number): number[] {
  const powers = [start];
  for (let last = start; powers.length < count; ) {
    last = multiply(last, last);
    powers.push(last);
  }
  return powers;
}
