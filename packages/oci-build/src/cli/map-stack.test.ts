import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { mapStack } from "./map-stack.js";

let folder: string;

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "oci-build-map-"));
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

/** A map whose first line leads to line 3, column 5 of the source. */
function bundled(source: string): string {
  const map = { version: 3, sources: [source], names: [], mappings: "AAEI" };
  fs.writeFileSync(path.join(folder, "a.js.map"), JSON.stringify(map));
  return pathToFileURL(path.join(folder, "a.js")).href;
}

describe("mapStack", () => {
  it("tells places of the bundle by package, source, line and column", () => {
    const file = bundled("@oci-build/oci/src/digest.ts");
    expect(mapStack(`TypeError: x\n    at f (${file}:1:1)\n    at async ${file}:1:1`)).toBe(
      "TypeError: x\n    at f (@oci-build/oci/src/digest.ts:3:5)\n    at async @oci-build/oci/src/digest.ts:3:5",
    );
  });

  it.each([
    ["of files without a map", () => `at f (${pathToFileURL(path.join(folder, "b.js")).href}:1:1)`],
    ["of Node itself", () => "at node:internal/modules/run_main:123:12"],
    ["whose sources lie beside them", () => `at f (${bundled("../src/a.ts")}:1:1)`],
  ])("leaves places alone %s", (_, stack) => {
    expect(mapStack(stack())).toBe(stack());
  });

  it("leaves places alone where the map is damaged", () => {
    const file = bundled("@oci-build/oci/src/digest.ts");
    fs.writeFileSync(path.join(folder, "a.js.map"), "{");
    expect(mapStack(`at f (${file}:1:1)`)).toBe(`at f (${file}:1:1)`);
  });
});
