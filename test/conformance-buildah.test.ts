import fs from "node:fs";
import path from "node:path";
import { isOciBuildError } from "@oci-build/oci";
import { build } from "oci-build";
import { describe, expect, it } from "vitest";
import { writeTree } from "../packages/snapshot/src/testing/write-tree.js";
import { temporaryFolder } from "./support/build-folder.js";
import { buildWithBuildah } from "./support/buildah.js";
import { configCases } from "./support/conformance/config-cases.js";
import { type ConformanceCase, commonContext } from "./support/conformance/conformance-case.js";
import { copyCases } from "./support/conformance/copy-cases.js";
import { destinationCases } from "./support/conformance/destination-cases.js";
import { differences } from "./support/conformance/differences/differences.js";
import { ignoreCases } from "./support/conformance/ignore-cases.js";
import { sourceCases } from "./support/conformance/source-cases.js";
import { stageCases } from "./support/conformance/stage-cases.js";
import { finalImageLines } from "./support/final-image.js";
import { readRawImage } from "./support/read-raw-image.js";
import { hasTool, runTool } from "./support/tools.js";

const isRoot = process.getuid?.() === 0;
const whyNot = isRoot ? "buildah is not installed" : "only root can compare owners";
const canCompare = isRoot && hasTool("buildah");

const base = temporaryFolder();
let count = 0;
/** Stores of buildah that no build is using: making one takes half as long as a build. */
const idleStores: string[] = [];

interface Outcome {
  readonly lines: readonly string[];
  readonly code?: string;
}

async function builtByUs(conformance: ConformanceCase, folder: string): Promise<Outcome> {
  const { dockerfile, buildArgs, target } = conformance;
  const dest = path.join(folder, "ours.tar");
  try {
    await build({
      context: path.join(folder, "context"),
      dockerfile: { text: text(dockerfile) },
      buildArgs,
      target,
      cacheDir: path.join(base, "cache"),
      output: { type: "oci", dest },
    });
  } catch (error) {
    if (!isOciBuildError(error)) throw error;
    return { lines: ["fails"], code: error.code };
  }
  return { lines: await finalImageLines(await readRawImage(dest)) };
}

async function builtByBuildah(conformance: ConformanceCase, folder: string): Promise<Outcome> {
  const { dockerfile, buildArgs = {}, target } = conformance;
  const file = path.join(folder, "Dockerfile");
  fs.writeFileSync(file, text(dockerfile));
  const store = idleStores.pop() ?? fs.mkdtempSync(path.join(base, "store-"));
  const result = await buildWithBuildah({
    store,
    image: path.join(folder, "image"),
    context: path.join(folder, "context"),
    dockerfile: file,
    args: [
      ...Object.entries(buildArgs).flatMap(([name, value]) => ["--build-arg", `${name}=${value}`]),
      ...(target === undefined ? [] : ["--target", target]),
    ],
  });
  idleStores.push(store);
  return { lines: result.ok ? await finalImageLines(result.image) : ["fails"] };
}

function text(lines: readonly string[]): string {
  return `${lines.join("\n")}\n`;
}

function contextFor({ context = commonContext, ignore, tar }: ConformanceCase, folder: string): void {
  const root = path.join(folder, "context");
  fs.mkdirSync(root, { recursive: true });
  writeTree(fs, root, ...context);
  if (tar !== undefined)
    runTool(
      "tar",
      ["--owner=3", "--group=4", "--numeric-owner", "-cf", path.join(folder, "a.tar"), ...tar],
      root,
    );
  if (tar !== undefined) fs.renameSync(path.join(folder, "a.tar"), path.join(root, "a.tar"));
  if (ignore !== undefined) fs.writeFileSync(path.join(root, ".dockerignore"), text(ignore));
}

/** Lines that only one side has. Where we refuse to build, what buildah builds does not matter. */
function compare(ours: readonly string[], buildah: readonly string[]) {
  const told = ours[0] === "fails" && buildah[0] !== "fails" ? ["builds"] : buildah;
  return {
    ours: ours.filter((line) => !told.includes(line)),
    buildah: told.filter((line) => !ours.includes(line)),
  };
}

const differenceOf = new Map(differences);

const cases: readonly ConformanceCase[] = [
  ...copyCases,
  ...destinationCases,
  ...sourceCases,
  ...ignoreCases,
  ...configCases,
  ...stageCases,
];

it("each case has a name of its own, and each allowed difference a case", () => {
  const names = cases.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  const different = differences.map(([name]) => name);
  expect(new Set(different).size).toBe(different.length);
  expect(different.filter((name) => !names.includes(name))).toEqual([]);
});

describe("images built by buildah, too", () => {
  it.concurrent.for(cases)("$name", async (conformance, { skip }) => {
    skip(!canCompare, whyNot);
    count += 1;
    const folder = path.join(base, String(count));
    contextFor(conformance, folder);
    const ours = await builtByUs(conformance, folder);
    const buildah = await builtByBuildah(conformance, folder);
    fs.rmSync(folder, { recursive: true });
    const { ours: onlyOurs = [], buildah: onlyBuildah = [] } = differenceOf.get(conformance.name) ?? {};
    const found = compare(ours.lines, buildah.lines);
    expect({ ...found, code: ours.code }).toEqual({
      ours: onlyOurs,
      buildah: onlyBuildah,
      code: conformance.code,
    });
  });
});
