import { mkdtemp, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { Volume } from "memfs";
import { afterAll, describe, expect, it } from "vitest";
import { build } from "../build.js";
import type { BuildOptions, BuiltStep } from "../options/build-options.js";
import { describeReasons } from "./describe-reasons.js";

const base = await mkdtemp(path.join(os.tmpdir(), "oci-build-explain-"));
let count = 0;

afterAll(() => rm(base, { recursive: true, force: true }));

const FILES: Readonly<Record<string, string>> = {
  "package.json": "{}",
  "src/app.ts": "app",
  "src/lib.ts": "lib",
  "src/deep/a.ts": "a",
};

const DOCKERFILE = [
  "FROM scratch",
  "ARG VERSION=1",
  "WORKDIR /app",
  "COPY package.json ./",
  "COPY src /srv/$VERSION/",
];

interface Edited {
  readonly files: Volume;
  dockerfile: string[];
  options: BuildOptions;
}

/** A cache and a project in memory. */
function project(): {
  readonly run: (edited: Edited) => Promise<readonly BuiltStep[]>;
  readonly start: Edited;
} {
  count += 1;
  const cacheDir = path.join(base, String(count));
  const start: Edited = { files: Volume.fromJSON(FILES, "/ctx"), dockerfile: [...DOCKERFILE], options: {} };
  const run = async ({ files, dockerfile, options }: Edited): Promise<readonly BuiltStep[]> => {
    const { steps } = await build({
      context: { fs: files, root: "/ctx" },
      dockerfile: { text: `${dockerfile.join("\n")}\n` },
      cacheDir,
      output: { type: "none" },
      explain: true,
      ...options,
    });
    return steps;
  };
  return { run, start };
}

/** What is said of each step that misses. */
function told(steps: readonly BuiltStep[]): readonly string[] {
  return steps.flatMap(({ explanation }) => {
    if (explanation === undefined) return ["not explained"];
    return describeReasons(explanation).flatMap(({ headline, details }) => [
      `${explanation.instruction}: ${headline}`,
      ...details.map((line) => `  ${line}`),
    ]);
  });
}

const COPY_SRC = "COPY src /srv/$VERSION/";

const edits: readonly {
  readonly name: string;
  readonly edit: (made: Edited) => void;
  readonly lines: readonly string[];
}[] = [
  { name: "nothing", edit: () => undefined, lines: [] },
  {
    name: "a touched file",
    edit: ({ files }) => files.utimesSync("/ctx/src/app.ts", 1, 2),
    lines: [],
  },
  {
    name: "a file's bytes",
    edit: ({ files }) => files.writeFileSync("/ctx/src/app.ts", "APP"),
    lines: [`${COPY_SRC}: 1 file changed: srv/1/app.ts (content)`],
  },
  {
    name: "a file's mode",
    edit: ({ files }) => files.chmodSync("/ctx/src/app.ts", 0o755),
    lines: [`${COPY_SRC}: 1 file changed: srv/1/app.ts (mode 0666 → 0755)`],
  },
];

describe("what changed since the last build", () => {
  it.each(edits)("is told of $name", async ({ edit, lines }) => {
    const { run, start } = project();
    await run(start);
    edit(start);
    expect(told(await run(start))).toEqual(lines);
  });
});
