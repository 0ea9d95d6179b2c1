import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { describe, expect, it } from "vitest";
import { readAll } from "./support/browser-entry.js";
import { runInChromium, whyNoChromium } from "./support/run-in-chromium.js";

const minifiedMaxBytes = 90 * 1024;
const gzipMaxBytes = 30 * 1024;

const fixtures = new URL("fixtures/parse/", import.meta.url);
const texts = readdirSync(fixtures).map((name) =>
  readFileSync(new URL(`${name}/Dockerfile`, fixtures), "utf8"),
);
const obstacle = whyNoChromium();

async function bundle(format: "esm" | "iife"): Promise<string> {
  const result = await build({
    entryPoints: [fileURLToPath(new URL("support/browser-entry.ts", import.meta.url))],
    bundle: true,
    minify: true,
    format,
    globalName: "bundled",
    platform: "browser",
    target: "es2023",
    conditions: ["oci-build:source"],
    write: false,
  });
  return result.outputFiles[0]?.text ?? "";
}

describe("the package bundled for browsers: parse, instructions, stages, checks, print", () => {
  it("has at most 90 KiB minified and 30 KiB compressed", async () => {
    const code = await bundle("esm");
    expect(Buffer.byteLength(code)).toBeGreaterThan(10_000);
    expect(Buffer.byteLength(code)).toBeLessThanOrEqual(minifiedMaxBytes);
    expect(gzipSync(code, { level: 9 }).length).toBeLessThanOrEqual(gzipMaxBytes);
  });

  it("reads every fixture in Chromium as in Node", async (context) => {
    context.skip(obstacle !== undefined, obstacle);
    const input = JSON.stringify(texts).replaceAll("<", "\\u003c");
    const code = await bundle("iife");
    const result = await runInChromium(`(() => { ${code}; return bundled.readAll(${input}); })()`);
    expect(result).toEqual(JSON.parse(JSON.stringify(readAll(texts))));
  });
});
