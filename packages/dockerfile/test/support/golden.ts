import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { expect } from "vitest";

/** Compares with a file that only `UPDATE_GOLDEN=1` writes, and never on CI. */
export function expectGolden(file: string, actual: string): void {
  if (process.env["UPDATE_GOLDEN"] === "1") {
    if (process.env["CI"] !== undefined) throw new Error("UPDATE_GOLDEN is not for CI");
    writeFileSync(file, actual);
  }
  expect(existsSync(file), `${file} is missing; write it with UPDATE_GOLDEN=1`).toBe(true);
  expect(actual).toBe(readFileSync(file, "utf8"));
}
