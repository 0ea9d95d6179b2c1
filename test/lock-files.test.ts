import { readFileSync } from "node:fs";
import { join } from "node:path";
import glob from "fast-glob";
import { describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "..");
const files = glob.sync(["**/{package-lock.json,pnpm-lock.yaml,package.json,.npmrc,pnpm-workspace.yaml}"], {
  cwd: root,
  dot: true,
  ignore: ["**/node_modules/**", "reports/**", "**/dist/**"],
});

describe("lock files and manifests", () => {
  it("are found", () => {
    expect(files).toEqual(expect.arrayContaining(["pnpm-lock.yaml", "examples/node-app/package-lock.json"]));
  });

  it.each(files)("%s names no registry, so that any mirror can be used", (file) => {
    const text = readFileSync(join(root, file), "utf8");
    expect(text.match(/"resolved"|\btarball:|\.tgz\b|registry\s*[=:]\s*\S*\/\//g) ?? []).toEqual([]);
  });
});
