import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "./support/build-folder.js";
import { type CodeBlock, documentedBlocks } from "./support/code-blocks.js";
import { hasTool } from "./support/tools.js";

const root = join(import.meta.dirname, "..");

/** Commands that are not run here, each with the file that runs them. All others are run as they stand. */
const runElsewhere: readonly (readonly [command: RegExp, by: string])[] = [
  [/^npm test$/, ".ci/run"],
  [/^npm run demo$/, ".ci/run"],
  [/^npm test -- \S+$/, "scripts/test.mjs"],
  [/^npm run [a-z:]+$/, "package.json"],
  [/^npm run examples -- \S+$/, "scripts/examples.mjs"],
  [/^UPDATE_GOLDEN=1 npm test -- \S+$/, "scripts/test.mjs"],
  [/^\.ci\/run$/, ".ci/run"],
  [/^node run\.mjs$/, "scripts/examples.mjs"],
  [/^node bench\/build\.mjs( --[a-z]+( [\w-]+)?)*( +#.*)?$/, "bench/build.test.ts"],
  [/^node bench\/run\.mjs( --[a-z]+( [\w-]+)?)*( +#.*)?$/, "bench/run.test.ts"],
  [
    /^npm install (--save-dev |-D |-g )?(oci-build|@oci-build\/[a-z]+)( memfs)?$/,
    "test/packed-packages.test.ts",
  ],
  [/^git clone \S+ oci-build && cd oci-build$/, ".ci/run"],
  [
    /^(npx )?oci-build (images|inspect|history|pull|tag|push|copy|diff|validate|rebase|rmi)( |$)/,
    "test/image-commands.test.ts",
  ],
  [/^(npx )?oci-build( -t \S+)+ --push \.$/, "test/output-push.test.ts"],
  [/^(npx )?oci-build run /, "test/run-image.test.ts"],
  [/^oci-build build( --ssh \S+)+ \.$/, "test/ssh-keys.test.ts"],
  [
    /^(npm ci --prefix toolchain|npx oci-build .*node-service.*|npx oci-build --secret .* \.|curl http:\/\/127\.0\.0\.1:8080\/.*)$/,
    "test/node-service.test.ts",
  ],
  [
    /^(echo "\$TOKEN" \| oci-build login|oci-build logout) /,
    "packages/oci-build/src/cli/commands/run-login.test.ts",
  ],
];

/** Programs that a command line of a document may use here: they write nothing outside the folder they run in. */
const known = new Set([
  "npx",
  "oci-build",
  "skopeo",
  "umoci",
  "docker",
  "podman",
  "tar",
  "cp",
  "ls",
  "cat",
  "mkdir",
]);

/** Stand-ins: ours is the one compiled here, and there is no container engine on a test machine. */
const standIns: Readonly<Record<string, string>> = {
  "oci-build": `exec "${process.execPath}" "${join(root, "packages/oci-build/bin/oci-build.js")}" "$@"`,
  npx: '[ "$1" = oci-build ] || exit 1; shift; exec oci-build "$@"',
  docker:
    'case "$1 $2" in "load -i") exec tar -tf "$3" manifest.json ;; load*) exec tar -t ;; run*) ;; *) exit 1 ;; esac',
  podman: 'exec docker "$@"',
};

const blocks = documentedBlocks(root).filter(({ language }) => /^(sh|bash|shell|console)$/.test(language));
const cases = blocks.map((block) => ({
  ...block,
  name: `${block.file}:${block.line}`,
  commands: commandsOf(block),
}));

/** The commands of a block: every line, or in a `console` block what follows a `$`. */
function commandsOf({ language, code }: CodeBlock): readonly string[] {
  const lines = code.replaceAll("\\\n", " ").split("\n");
  const commands =
    language === "console" ? lines.flatMap((line) => /^\$ (.*)$/.exec(line)?.[1] ?? []) : lines;
  return commands.map((line) => line.replace(/(^|\s+)#.*$/, "").trim()).filter((line) => line !== "");
}

const elsewhere = (command: string): string | undefined =>
  runElsewhere.find(([pattern]) => pattern.test(command))?.[1];

/** The programs of a command line, past pipes and assignments. */
function programsOf(command: string): readonly string[] {
  return command
    .split(/\||&&|;/)
    .map((part) => /^(?:\w+=\S*\s+)*(\S+)/.exec(part.trim())?.[1] ?? "")
    .filter((program) => program !== "");
}

/** A folder to run a block in: a copy of the example that the document is of, else of a project with a bit of all. */
function projectFor(file: string): string {
  const folder = join(temporaryFolder(), "project");
  const example = file.startsWith("examples/");
  const source = example ? join(root, dirname(file)) : join(import.meta.dirname, "fixtures/readme-project");
  cpSync(source, folder, { recursive: true, filter: (path) => basename(path) !== "node_modules" });
  if (example) mkdirSync(join(folder, "node_modules"), { recursive: true });
  return folder;
}

function pathWithStandIns(): string {
  const folder = temporaryFolder();
  for (const [name, script] of Object.entries(standIns)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, name), 0o755);
  }
  return `${folder}:${process.env["PATH"]}`;
}

it("finds the documents", () => {
  expect(new Set(blocks.map(({ file }) => file))).toContain("README.md");
});

describe("README.md", () => {
  it("begins with the two commands, each alone in a block", () => {
    const first = cases.filter(({ file }) => file === "README.md").slice(0, 2);
    expect(first.map(({ commands }) => commands)).toEqual([["npm run demo"], ["npm test"]]);
  });
});

describe("commands in documents", () => {
  const toRun = cases.map((block) => ({
    ...block,
    commands: block.commands.filter((command) => elsewhere(command) === undefined),
  }));

  const unknownPrograms = (commands: readonly string[]): readonly string[] =>
    commands.flatMap(programsOf).filter((program) => !known.has(program));

  it.each(toRun)("are of known programs in $name", ({ commands }) => {
    expect(unknownPrograms(commands)).toEqual([]);
  });

  const safe = toRun.filter(({ commands }) => commands.length > 0 && unknownPrograms(commands).length === 0);

  it.for(safe)("run in $name", (block, context) => {
    const script = block.commands.join("\n");
    for (const tool of ["skopeo", "umoci"]) {
      context.skip(script.includes(tool) && !hasTool(tool), `needs ${tool}, which is not installed`);
    }
    context.skip(script.includes("/bin/busybox") && !existsSync("/bin/busybox"), "needs /bin/busybox");
    const result = spawnSync("sh", ["-eu", "-c", script], {
      cwd: projectFor(block.file),
      encoding: "utf8",
      env: { ...process.env, PATH: pathWithStandIns(), OCI_BUILD_CACHE_DIR: temporaryFolder(), CI: "1" },
    });
    expect(result, script).toMatchObject({ status: 0 });
  });
});

describe("commands that run elsewhere", () => {
  const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    readonly scripts: Readonly<Record<string, string>>;
  };

  it.each(runElsewhere)("%s is run by a file that exists", (_command, by) => {
    expect(existsSync(join(root, by))).toBe(true);
  });

  it.each(cases.flatMap(({ commands }) => commands).filter((command) => command.startsWith("npm run ")))(
    "%s is a script of package.json",
    (command) => {
      expect(Object.keys(scripts)).toContain(command.split(" ")[2]);
    },
  );

  it.each(["npm test", "npm run --silent demo", "npm run --silent examples"])(
    "%s is run by CI",
    (command) => {
      expect(readFileSync(join(root, ".ci/run"), "utf8")).toContain(` ${command}\n`);
    },
  );
});
