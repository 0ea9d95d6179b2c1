import { existsSync, readFileSync } from "node:fs";
import { join, relative, resolve, sep } from "node:path";
import glob from "fast-glob";
import { preProcessFile } from "typescript";
import { describe, expect, it } from "vitest";

const packagesFolder = join(import.meta.dirname, "../packages");

/** folder | npm name | what it may import of ours. The design's table; a package is added here before it exists. */
const table: readonly (readonly [folder: string, name: string, mayImport: readonly string[]])[] = [
  ["dockerfile", "@oci-build/dockerfile", []],
  ["oci", "@oci-build/oci", []],
  ["snapshot", "@oci-build/snapshot", ["@oci-build/oci"]],
  ["cache", "@oci-build/cache", ["@oci-build/oci", "@oci-build/snapshot"]],
  ["registry", "@oci-build/registry", ["@oci-build/oci"]],
  ["executor", "@oci-build/executor", ["@oci-build/oci", "@oci-build/snapshot"]],
  [
    "oci-build",
    "oci-build",
    [
      "@oci-build/dockerfile",
      "@oci-build/oci",
      "@oci-build/snapshot",
      "@oci-build/cache",
      "@oci-build/registry",
      "@oci-build/executor",
    ],
  ],
];

const dependencyFields = [
  "dependencies",
  "devDependencies",
  "optionalDependencies",
  "peerDependencies",
] as const;

type Manifest = { readonly name: string } & {
  readonly [Field in (typeof dependencyFields)[number]]?: Readonly<Record<string, string>>;
};

function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(packagesFolder, folder, "package.json"), "utf8")) as Manifest;
}

/** Every import of a package, types and dynamic ones too: `FILE imports SPECIFIER` by specifier. */
function importsOf(folder: string, kind: "all" | "published"): readonly (readonly [string, string])[] {
  const tests = ["**/*.test.ts", "test/**"];
  const files = glob.sync(["src/**/*.ts", "test/**/*.ts", "bin/**/*.js"], {
    cwd: join(packagesFolder, folder),
    ignore: ["**/fixtures/**", ...(kind === "published" ? tests : [])],
    absolute: true,
  });
  return files.sort().flatMap((file) => {
    const { importedFiles } = preProcessFile(readFileSync(file, "utf8"), true, true);
    return importedFiles.map(({ fileName }) => [file, fileName] as const);
  });
}

const isRelative = (specifier: string): boolean => specifier.startsWith(".");
const isOurs = (specifier: string): boolean => /^(@oci-build\/|oci-build(\/|$))/.test(specifier);
const packageOf = (specifier: string): string =>
  specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");

function told(imports: readonly (readonly [string, string])[]): readonly string[] {
  return imports.map(([file, specifier]) => `${relative(packagesFolder, file)} imports ${specifier}`);
}

it("knows every package", () => {
  const folders = glob.sync("*/package.json", { cwd: packagesFolder }).map((path) => path.split("/")[0]);
  expect(folders.sort()).toEqual(table.map(([folder]) => folder).sort());
});

describe.each(table)("%s", (folder, name, mayImport) => {
  it("has its name", () => {
    expect(readManifest(folder).name).toBe(name);
  });

  it("imports only what the table allows of ours", () => {
    const ours = importsOf(folder, "all").filter(([, specifier]) => isOurs(specifier));
    expect(told(ours.filter(([, specifier]) => !mayImport.includes(packageOf(specifier))))).toEqual([]);
  });

  it("declares only what the table allows of ours", () => {
    const manifest = readManifest(folder);
    const declared = dependencyFields.flatMap((field) => Object.keys(manifest[field] ?? {}));
    expect(declared.filter((dependency) => isOurs(dependency) && !mayImport.includes(dependency))).toEqual(
      [],
    );
  });

  it("takes other packages by name and declares what it takes", () => {
    const manifest = readManifest(folder);
    const declared = new Set(
      ["dependencies", "optionalDependencies", "peerDependencies"].flatMap((field) =>
        Object.keys(manifest[field as (typeof dependencyFields)[number]] ?? {}),
      ),
    );
    const outside = importsOf(folder, "published").filter(([file, specifier]) =>
      isRelative(specifier)
        ? !resolve(file, "..", specifier).startsWith(join(packagesFolder, folder) + sep)
        : !specifier.startsWith("node:") && !declared.has(packageOf(specifier)),
    );
    expect(told(outside)).toEqual([]);
  });

  it("enters other packages of ours by their entry only", () => {
    const deep = importsOf(folder, "all").filter(
      ([, specifier]) => isOurs(specifier) && packageOf(specifier) !== specifier,
    );
    expect(told(deep)).toEqual([]);
  });
});

describe("dockerfile", () => {
  it("imports nothing but its own files, so that it runs in a browser", () => {
    const imports = importsOf("dockerfile", "published");
    expect(imports.length).toBeGreaterThan(0);
    expect(told(imports.filter(([, specifier]) => !isRelative(specifier)))).toEqual([]);
  });

  it("is compiled without Node's types", () => {
    const config = readFileSync(join(packagesFolder, "dockerfile/tsconfig.json"), "utf8");
    expect(JSON.parse(config)).toMatchObject({ compilerOptions: { types: [] } });
  });

  it("has no table of errors, for it throws none", () => {
    expect(existsSync(join(packagesFolder, "dockerfile/src/errors.ts"))).toBe(false);
  });
});
