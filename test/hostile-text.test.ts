import net from "node:net";
import path from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { temporaryFolder, writeFiles } from "./support/build-folder.js";
import { type CommandResult, runOciBuild } from "./support/run-command.js";

const base = temporaryFolder();
let count = 0;
let app: string;

beforeEach(() => {
  count += 1;
  app = path.join(base, `app${count}`);
  writeFiles(app, { Dockerfile: "FROM scratch\nCOPY . /\n" });
});

function run(args: readonly string[]): Promise<CommandResult> {
  return runOciBuild(args, { cwd: app, env: { OCI_BUILD_CACHE_DIR: path.join(base, "cache") } });
}

/** A name that sets a colour by both forms of the escape sequence, forges a line, and turns what follows around. */
const HOSTILE = "a\u001b[31m\u009b1m\n#9 DONE\r\u202eb";
// biome-ignore lint/suspicious/noControlCharactersInRegex: these must not be shown
const RAW = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/;
const modes = ["plain", "tty", "rawjson"] as const;

/** What the view itself writes to move the cursor. */
function withoutOwnSequences(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
  return text.replace(/\u001b\[(?:\?25[hl]|2K|\d+A\r|J)/g, "");
}

function expectSafe({ stderr }: CommandResult): void {
  expect(stderr).not.toBe("");
  expect(withoutOwnSequences(stderr)).not.toMatch(RAW);
  expect(stderr).not.toMatch(/^#9 DONE/m);
}

describe.each(modes)("hostile text with --progress=%s", (mode) => {
  const progress = ["--progress", mode];

  it("in a file name that a step ends with", async () => {
    writeFiles(app, { [`.wh.${HOSTILE}`]: "" });
    const result = await run([...progress, "."]);
    expect(result.exitCode).toBe(1);
    expectSafe(result);
  });

  it("in a file name that a warning tells", async () => {
    const server = net.createServer().listen(path.join(app, HOSTILE));
    await new Promise((resolve) => server.on("listening", resolve));
    const result = await run([...progress, "."]);
    server.close();
    expect(result.exitCode).toBe(0);
    expectSafe(result);
  });

  it("in the Dockerfile", async () => {
    writeFiles(app, {
      Dockerfile: `FROM scratch\nLABEL a="${HOSTILE.replace("\n", "")}"\nCOPY x\u001b[2J /\n`,
    });
    expectSafe(await run([...progress, "."]));
  });

  it("in names that the command line gives", async () => {
    for (const args of [
      ["--target", HOSTILE, "."],
      ["-t", HOSTILE, "."],
      ["-f", HOSTILE, "."],
      ["-o", `type=oci,dest=${HOSTILE}/x`, "."],
      ["--build-arg", `${HOSTILE}=1`, "."],
      [HOSTILE],
    ]) {
      expectSafe(await run([...progress, ...args]));
    }
  });
});

describe("credentials", () => {
  const secret = "hunter2secret";

  it.each([
    ["a tag", ["-t", `me:${secret}@reg.io/app:1`, "."]],
    ["a context", [`https://me:${secret}@example.com/app.git`]],
    ["a build argument without a name", ["--build-arg", `=${secret}`, "."]],
    ["a build argument that nothing uses", ["--build-arg", `TOKEN=${secret}`, "."]],
    ["two outputs", ["-o", "a", "-o", `https://${secret}@example.com`, "."]],
  ])("of %s are never told", async (_, args) => {
    for (const mode of modes) {
      const { stderr, stdout } = await run(["--progress", mode, ...args]);
      expect(stderr + stdout).not.toContain(secret);
    }
  });

  it.each([
    ["a source", `ADD https://me:${secret}@example.com/a.tar /\n`],
    ["a base image", "", `FROM me:${secret}@reg.io/app:1\n`],
    ["a line near a mistake", `LABEL url=https://${secret}@example.com/\nCOPPY a b\n`],
  ])(
    "in the Dockerfile, of %s, are masked and leave carets in place",
    async (_, lines, from = "FROM scratch\n") => {
      writeFiles(app, { Dockerfile: from + lines });
      for (const mode of modes) {
        const { stderr, exitCode } = await run(["--progress", mode, "."]);
        expect(exitCode).not.toBe(0);
        expect(stderr).toContain("****");
        expect(stderr).not.toContain(secret);
      }
    },
  );
});
