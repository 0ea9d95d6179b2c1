// Bundles the command into packages/oci-build/dist/command: our own modules alone, so that a build that changes nothing
// loads a few files and not hundreds. Packages of others stay outside, with their licences and their updates.
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { basename, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { root } from "./workspace.mjs";

const packages = join(root, "packages");
const folder = join(packages, "oci-build/dist/command");

/** Loaded last and so written last: whoever finds it finds the chunks that it names. */
const ENTRY = "main.js";

/** The entry, and what it imports to build. */
const hotModules = ["main", "run-build"];

/** What builds import that stand on an image or have RUN, in one file that shares with `run-build` what both need. */
const onImage = {
  name: "on-image",
  sources: [
    "oci-build/src/base/open-registries.ts",
    "oci-build/src/solve/solve-run.ts",
    "executor/src/index.ts",
    "registry/src/http/create-transport.ts",
  ].map((path) => join(packages, path)),
};

/** What only packages of ours depend on, with the names that they import. The command may not see it by its own name:
 * it is asked for from where the owner is. */
const owned = {
  undici: { owner: "@oci-build/registry", names: ["Agent", "Pool", "ProxyAgent"] },
  "@napi-rs/xattr": { owner: "@oci-build/snapshot", names: ["getAttributeSync", "listAttributesSync"] },
};

const options = {
  // Names of chunks depend on it.
  absWorkingDir: root,
  outdir: folder,
  bundle: true,
  format: "esm",
  platform: "node",
  target: "node20.19",
  conditions: ["oci-build:source"],
  external: ["commander", "@iarna/toml", "fast-glob"],
  // Names stay as they are, for stacks; a bug's stack is told by the map, which is read only then.
  minifyWhitespace: true,
  minifySyntax: true,
  sourcemap: "linked",
  sourcesContent: false,
  legalComments: "none",
  logLevel: "warning",
  write: false,
};

/** Makes the bundle. A command that begins meanwhile finds whole files, the old ones or the new ones.
 *
 * What every build needs is three files, since Node takes a millisecond for each. What is imported only when it is
 * needed, the other commands too, is split into chunks; modules that both need stand in both. */
export async function bundleCommand() {
  const rare = new Map();
  const plugins = [ownedPackages, rareModules(rare), joinedModules];
  const [main, runBuild] = hotModules.map((name) => join(packages, "oci-build/src/cli", `${name}.ts`));
  const entry = await build({ ...options, entryPoints: [main], plugins });
  const hot = await build({
    ...options,
    entryPoints: [runBuild, { in: onImage.name, out: onImage.name }],
    splitting: true,
    plugins,
  });
  for (const name of hotModules) rare.delete(name);
  const others = await build({
    ...options,
    // In the order of names: they are found in any, and names of chunks depend on it.
    entryPoints: [...rare].toSorted().map(([name, path]) => ({ in: path, out: name })),
    splitting: true,
    plugins: [ownedPackages],
  });
  replaceFiles([entry, hot, others].flatMap(({ outputFiles }) => outputFiles));
}

/** Joins modules into one that has all their names. */
const joinedModules = {
  name: "joined-modules",
  setup({ onResolve, onLoad }) {
    const filter = new RegExp(`^${onImage.name}$`);
    onResolve({ filter }, ({ path }) => ({ path, namespace: "joined" }));
    onLoad({ filter, namespace: "joined" }, () => ({
      contents: onImage.sources.map((path) => `export * from ${JSON.stringify(path)};\n`).join(""),
      resolveDir: packages,
    }));
  },
};

/** Leaves out what is imported when it is needed, and notes it: file names by module. */
function rareModules(found) {
  return {
    name: "rare-modules",
    setup(bundler) {
      bundler.onResolve({ filter: /^(?:\.|@oci-build\/)/ }, async ({ kind, path, resolveDir }) => {
        if (kind !== "dynamic-import") return undefined;
        const resolved = await bundler.resolve(path, { kind: "import-statement", resolveDir });
        if (onImage.sources.includes(resolved.path)) return { path: `./${onImage.name}.js`, external: true };
        const name = path.startsWith(".") ? basename(resolved.path, ".ts") : basename(path);
        if ((found.get(name) ?? resolved.path) !== resolved.path)
          throw new Error(`two modules named ${name}`);
        found.set(name, resolved.path);
        return { path: `./${name}.js`, external: true };
      });
    },
  };
}

/** Puts the entry last, and takes away what no longer is part of it. */
function replaceFiles(outputFiles) {
  mkdirSync(folder, { recursive: true });
  const isEntry = ({ path }) => basename(path) === ENTRY;
  const files = [...outputFiles.filter((file) => !isEntry(file)), ...outputFiles.filter(isEntry)];
  for (const { path, text } of files) replaceFile(path, path.endsWith(".map") ? withNames(text) : text);
  const made = new Set(files.map(({ path }) => basename(path)));
  for (const name of readdirSync(folder)) if (!made.has(name)) rmSync(join(folder, name));
  // Also when nothing changed: it is as new as what the compiler wrote.
  utimesSync(join(folder, ENTRY), new Date(), new Date());
}

const ownedPackages = {
  name: "owned-packages",
  setup({ onResolve, onLoad }) {
    const filter = new RegExp(`^(?:${Object.keys(owned).join("|")})$`);
    onResolve({ filter }, ({ path }) => ({ path, namespace: "owned" }));
    onLoad({ filter: /.*/, namespace: "owned" }, ({ path }) => {
      const { owner, names } = owned[path];
      return {
        contents: `import { createRequire } from "node:module";
export const { ${names.join(", ")} } = createRequire(import.meta.resolve("${owner}"))("${path}");`,
      };
    });
  },
};

function replaceFile(path, text) {
  if (existsSync(path) && readFileSync(path, "utf8") === text) return;
  const aside = `${path}.${process.pid}.tmp`;
  writeFileSync(aside, text);
  renameSync(aside, path);
}

/** Names each source by its package and path in it: where the packages lie is another matter on each machine. */
function withNames(text) {
  const map = JSON.parse(text);
  const sources = map.sources.map((source) => {
    const [name, ...path] = relative(packages, join(folder, source)).split(/[\\/]/);
    return [name === "oci-build" ? name : `@oci-build/${name}`, ...path].join("/");
  });
  return JSON.stringify({ ...map, sources });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await bundleCommand();
