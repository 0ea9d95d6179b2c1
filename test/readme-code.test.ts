import { dirname, join } from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { type CodeBlock, documentedBlocks } from "./support/code-blocks.js";

const root = join(import.meta.dirname, "..");
const blocks = documentedBlocks(root).filter(({ language }) =>
  /^(ts|typescript|js|javascript)$/.test(language),
);

/** Where a block would lie as a file: beside its document, so that a package can import itself by name. */
const pathOf = ({ file, line }: CodeBlock): string => join(root, dirname(file), `code-block-${line}.ts`);

/** Checks the blocks as modules, against the sources, with the options of our own tests. */
function check(sources: ReadonlyMap<string, string>): readonly ts.Diagnostic[] {
  const config = ts.getParsedCommandLineOfConfigFile(
    join(root, "tsconfig.test.json"),
    {},
    {
      ...ts.sys,
      onUnRecoverableConfigFileDiagnostic: (diagnostic) => {
        throw new Error(ts.flattenDiagnosticMessageText(diagnostic.messageText, "\n"));
      },
    },
  );
  const options = { ...config?.options, noUnusedLocals: false };
  const host = ts.createCompilerHost(options);
  const { readFile, fileExists } = host;
  host.readFile = (path) => sources.get(path) ?? readFile(path);
  host.fileExists = (path) => sources.has(path) || fileExists(path);
  const program = ts.createProgram([...sources.keys()], options, host);
  return [...sources.keys()].flatMap((path) =>
    ts.getPreEmitDiagnostics(program, program.getSourceFile(path)),
  );
}

const diagnostics = check(new Map(blocks.map((block) => [pathOf(block), `export {};\n${block.code}`])));

describe("code in documents", () => {
  it.each(blocks)("has no type error in $file:$line", (block) => {
    const found = diagnostics.filter(({ file }) => file?.fileName === pathOf(block));
    expect(found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"))).toEqual([]);
  });

  it("is found in each package's README", () => {
    const files = new Set(blocks.map(({ file }) => file));
    const packages = ["cache", "dockerfile", "oci", "oci-build", "registry", "snapshot"];
    expect(packages.filter((name) => !files.has(`packages/${name}/README.md`))).toEqual([]);
  });
});
