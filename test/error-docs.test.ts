import { readFileSync } from "node:fs";
import { join } from "node:path";
import glob from "fast-glob";
import { describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "..");

type CodeTable = Readonly<Record<string, number>>;

/** The tables of error codes, by folder of the package: what `src/errors.ts` exports as `…ErrorCodes`. */
async function codeTables(): Promise<ReadonlyMap<string, CodeTable>> {
  const tables = new Map<string, CodeTable>();
  for (const file of glob.sync("packages/*/src/errors.ts", { cwd: root }).sort()) {
    const exported = (await import(join(root, file))) as Readonly<Record<string, unknown>>;
    const name = Object.keys(exported).find((key) => key.endsWith("ErrorCodes"));
    if (name === undefined) throw new Error(`${file} exports no …ErrorCodes`);
    tables.set(file.split("/")[1] ?? file, exported[name] as CodeTable);
  }
  return tables;
}

interface Section {
  readonly folder: string;
  readonly code: string;
  readonly text: string;
}

/** `## folder` holds `### CODE` sections. */
function documentedSections(): readonly Section[] {
  const text = readFileSync(join(root, "docs/errors.md"), "utf8");
  return text
    .split(/^## /m)
    .slice(1)
    .flatMap((part) => {
      const [heading = "", ...sections] = part.split(/^### /m);
      const folder = (heading.split("\n", 1)[0] ?? "").replaceAll("`", "").trim();
      return sections.map((section) => {
        const [code = "", ...lines] = section.split("\n");
        return {
          folder,
          code: code.replaceAll("`", "").trim(),
          text: lines.join(" ").replaceAll(/\s+/g, " ").trim(),
        };
      });
    });
}

const tables = await codeTables();
const sections = documentedSections();
const declared = [...tables].flatMap(([folder, table]) =>
  Object.entries(table).map(([code, exitCode]) => ({ folder, code, exitCode })),
);

describe("docs/errors.md", () => {
  it("has a section for each error code of each package, and for no other", () => {
    const named = ({ folder, code }: { readonly folder: string; readonly code: string }): string =>
      `${folder}: ${code}`;
    expect(sections.map(named).sort()).toEqual(declared.map(named).sort());
  });

  it.each(declared)("says of $code what it means and its exit code", ({ code, exitCode }) => {
    const text = sections.find((section) => section.code === code)?.text ?? "";
    expect(text).toContain(`Exit code ${exitCode}.`);
    expect(text.replace(/Exit code \d\./, "").trim().length).toBeGreaterThan(20);
  });
});

describe("error codes", () => {
  it("are found", () => {
    expect([...tables.keys()]).toEqual(expect.arrayContaining(["oci", "registry", "executor"]));
  });

  it.each(declared)(
    "$code has the form AREA_PROBLEM and an exit code of the style guide",
    ({ code, exitCode }) => {
      expect(code).toMatch(/^[A-Z][A-Z0-9]*(_[A-Z0-9]+)+$/);
      expect([1, 2, 3, 4]).toContain(exitCode);
    },
  );

  it("are each declared by one package", () => {
    const codes = declared.map(({ code }) => code);
    expect(codes.filter((code, index) => codes.indexOf(code) !== index)).toEqual([]);
  });
});

describe("rules of a Dockerfile in docs/errors.md", () => {
  it("are those that the parser and the planner name", () => {
    const sources = glob.sync("packages/{dockerfile,oci-build}/src/**/*.ts", {
      cwd: root,
      ignore: ["**/*.test.ts"],
    });
    const used = sources.flatMap(
      (file) => readFileSync(join(root, file), "utf8").match(/"DOCKERFILE_[A-Z_]+"/g) ?? [],
    );
    const [, section = ""] = readFileSync(join(root, "docs/errors.md"), "utf8").split(
      "## Rules of a Dockerfile",
    );
    const told = [...section.matchAll(/^\| (DOCKERFILE_[A-Z_]+) +\| \S/gm)].map(([, rule]) => `"${rule}"`);
    expect(told).toEqual([...new Set(used)].sort());
  });
});
