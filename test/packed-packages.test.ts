import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import glob from "fast-glob";
import { beforeAll, describe, expect, it } from "vitest";
import { temporaryFolder } from "./support/build-folder.js";

const root = join(import.meta.dirname, "..");
const folders = readdirSync(join(root, "packages")).sort();

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly exports: Readonly<Record<string, unknown>>;
  readonly dependencies?: Readonly<Record<string, string>>;
}

interface Packed {
  readonly tarball: string;
  readonly files: readonly string[];
  readonly manifest: Manifest;
}

function run(command: string, args: readonly string[], cwd: string): string {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd,
    encoding: "utf8",
    env: { ...process.env, npm_config_update_notifier: "false", CI: "1" },
  });
  if (status !== 0)
    throw new Error(`${command} ${args.join(" ")} failed with status ${status}\n${stdout}${stderr}`);
  return stdout;
}

const readJson = (text: string): unknown => JSON.parse(text);

/** Packs all packages as a release does, and gives them by folder: pnpm replaces `workspace:`, `catalog:` and what
 * publishConfig says. */
function packAll(destination: string): ReadonlyMap<string, Packed> {
  const { packageManager } = readJson(readFileSync(join(root, "package.json"), "utf8")) as {
    packageManager: string;
  };
  const all = ["--recursive", "--filter", "./packages/*"];
  const args = ["--yes", packageManager, ...all, "pack", "--json", "--pack-destination", destination];
  const told = run("npx", args, root);
  // What prepack says comes first.
  const made = readJson(told.slice(told.search(/^\[$/m))) as readonly { name: string; filename: string }[];
  const byName = new Map(made.map(({ name, filename }) => [name, join(destination, basename(filename))]));
  return new Map(
    folders.flatMap((folder) => {
      const { name } = readJson(
        readFileSync(join(root, "packages", folder, "package.json"), "utf8"),
      ) as Manifest;
      const tarball = byName.get(name);
      return tarball === undefined ? [] : [[folder, readPacked(tarball, destination)] as const];
    }),
  );
}

function readPacked(tarball: string, cwd: string): Packed {
  const listed = run("tar", ["-tzf", tarball], cwd).trimEnd().split("\n");
  const manifest = readJson(run("tar", ["-xzOf", tarball, "package/package.json"], cwd)) as Manifest;
  return { tarball, files: listed.map((path) => path.replace(/^package\//, "")).sort(), manifest };
}

/** What a package of ours should hold: its sources without tests, what the compiler makes of each, its programs and
 * their bundle, and the papers. */
function expectedFiles(folder: string): readonly string[] {
  const cwd = join(root, "packages", folder);
  const sources = glob.sync(["src/**/*.ts"], { cwd, ignore: ["**/*.test.ts"] });
  const compiled = sources.flatMap((source) => {
    const stem = source.replace(/^src/, "dist").replace(/\.ts$/, "");
    return [".js", ".js.map", ".d.ts", ".d.ts.map"].map((ending) => `${stem}${ending}`);
  });
  const programs = glob.sync(["bin/*.js", "dist/command/*"], { cwd });
  return ["LICENSE", "README.md", "package.json", ...programs, ...sources, ...compiled].sort();
}

const packedFolder = temporaryFolder();
let packed: ReadonlyMap<string, Packed> = new Map();
beforeAll(() => {
  packed = packAll(packedFolder);
}, 120_000);

const packedOf = (folder: string): Packed => {
  const found = packed.get(folder);
  if (found === undefined) throw new Error(`${folder} was not packed`);
  return found;
};

describe.each(folders)("the packed package %s", (folder) => {
  it("holds the sources, what is made of them, and the papers", () => {
    expect(packedOf(folder).files).toEqual(expectedFiles(folder));
  });

  it("has no source condition", () => {
    expect(JSON.stringify(packedOf(folder).manifest.exports)).not.toContain("oci-build:source");
  });

  it("names files that it has", () => {
    const { manifest, files } = packedOf(folder);
    const named = JSON.stringify(manifest.exports).matchAll(/"\.\/([^"]+)"/g);
    const targets = [...named].map(([, path]) => path ?? "").filter((path) => path.includes("."));
    expect(targets).toContain("dist/index.js");
    expect(targets.filter((path) => !files.includes(path))).toEqual([]);
  });

  it("depends on published versions", () => {
    const versions = Object.values(packedOf(folder).manifest.dependencies ?? {});
    expect(versions.filter((version) => !/^[\^~]?\d+\.\d+\.\d+$/.test(version))).toEqual([]);
  });
});

describe("the packed packages, installed with npm in an empty project", () => {
  const project = temporaryFolder();
  let obstacle: string | undefined;

  beforeAll(() => {
    writeFileSync(join(project, "package.json"), '{ "private": true, "type": "module" }\n');
    const tarballs = folders.map((folder) => packedOf(folder).tarball);
    try {
      run(
        "npm",
        ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", ...tarballs],
        project,
      );
    } catch (error) {
      if (!/\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH)\b/.test(String(error))) throw error;
      obstacle = "needs the npm registry for third-party packages, which cannot be reached";
    }
  }, 300_000);

  it("give the command", (context) => {
    context.skip(obstacle !== undefined, obstacle);
    const { version } = packedOf("oci-build").manifest;
    expect(run("npx", ["--no-install", "oci-build", "--version"], project)).toContain(version);
  });

  it("build an image", (context) => {
    context.skip(obstacle !== undefined, obstacle);
    writeFileSync(join(project, "Dockerfile"), "FROM scratch\nCOPY package.json /\n");
    run(
      "npx",
      ["--no-install", "oci-build", "--cache-dir", join(project, "cache"), "-t", "packed", "."],
      project,
    );
    expect(existsSync(join(project, "packed.oci.tar"))).toBe(true);
  });

  it("give each library", (context) => {
    context.skip(obstacle !== undefined, obstacle);
    const names = folders.map((folder) => packedOf(folder).manifest.name);
    const program = `for (const name of ${JSON.stringify(names)}) await import(name);`;
    run(process.execPath, ["--input-type=module", "-e", program], project);
  });
});
