import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, describe, expect, it, type TestContext } from "vitest";
import { childFile } from "../test/support/child.js";
import { childCommand, type HostVariant, variantProblem } from "../test/support/host-variants.js";
import { changeLines, shell } from "../test/support/run-request.js";
import { makeFolder, removeFolder } from "../test/support/temporary-folder.js";
import { baseLayer, testRoot } from "../test/support/test-root.js";
import type { ExecutorChoice, ExecutorWarning, OpenExecutorOptions } from "./executor-options.js";
import { checkExecutor, openExecutor } from "./open-executor.js";
import { runsFolder } from "./run/executor-home.js";
import { findProgram } from "./space/find-programs.js";

const folders: string[] = [];
afterAll(async () => {
  for (const folder of folders) await removeFolder(folder);
});

function temporaryFolder(): string {
  const folder = makeFolder();
  folders.push(folder);
  return folder;
}

const steps = [{ line: 3, text: "RUN make" }];

function optionsWith(choice: ExecutorChoice, env: NodeJS.ProcessEnv = process.env): OpenExecutorOptions {
  return { choice, dir: path.join(temporaryFolder(), "dir"), steps, env };
}

interface ChildReport {
  readonly ability: unknown;
  readonly warnings: readonly ExecutorWarning[];
  readonly ran: readonly unknown[];
  readonly dir: string;
}

/** What shell lines do that a child of this variant runs. */
function runAs(
  variant: HostVariant,
  lines: readonly string[],
  context: TestContext,
  choice: ExecutorChoice = "util-linux",
): ChildReport {
  const problem = existsSync("/bin/busybox") ? variantProblem(variant) : "needs /bin/busybox";
  context.skip(problem !== undefined, problem);
  const folder = temporaryFolder();
  const dir = path.join(folder, "dir");
  const [program, ...args] = childCommand(variant, {
    child: childFile("run-command"),
    folder,
    args: [choice, dir, ...lines],
  });
  const { stdout, stderr } = spawnSync(program, args, { encoding: "utf8" });
  if (!stdout.startsWith('{"ability"')) throw new Error(`the child ended: ${stdout}${stderr}`);
  return { ...(JSON.parse(stdout) as Omit<ChildReport, "dir">), dir };
}

/** PATH with programs of the test before those of the host. */
function envWith(programs: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const folder = temporaryFolder();
  for (const [name, script] of Object.entries(programs)) {
    writeFileSync(path.join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  }
  return { PATH: `${folder}:${process.env["PATH"] ?? ""}` };
}

const broken = { crun: "echo 'no cgroup' >&2; exit 1", runc: "exit 1" };

/** A test that opens the host's own id space in this process. */
function itAsRoot(name: string, test: () => Promise<void>): void {
  it(name, async (context) => {
    const problem = variantProblem("root");
    context.skip(problem !== undefined, problem);
    await test();
  });
}

describe("checkExecutor", () => {
  it("asks nothing of a build without RUN", async () => {
    const options = { ...optionsWith("auto", {}), steps: [] };
    expect(await checkExecutor(options)).toBeUndefined();
    expect(existsSync(options.dir)).toBe(false);
  });

  it("refuses RUN where there is no Linux", async (context) => {
    context.skip(process.platform === "linux", "needs another system than Linux");
    await expect(checkExecutor(optionsWith("auto"))).rejects.toMatchObject({
      code: "EXECUTOR_UNAVAILABLE",
      data: { obstacle: { kind: "platform" }, steps },
    });
  });

  itAsRoot("refuses a chosen runtime that runs no container, with what it said", async () => {
    await expect(checkExecutor(optionsWith("crun", envWith(broken)))).rejects.toMatchObject({
      code: "EXECUTOR_UNAVAILABLE",
      message: expect.stringMatching(/crun runs no command: .*no cgroup.*\(line 3: RUN make\)$/),
      data: { obstacle: { kind: "runtime-broken", runtime: "crun" }, steps },
    });
  });

  itAsRoot("refuses a tar that is not GNU's", async () => {
    const env = envWith({ tar: "echo 'tar (busybox) 1.36'" });
    await expect(checkExecutor(optionsWith("util-linux", env))).rejects.toMatchObject({
      data: { obstacle: { kind: "program-unfit", program: "tar" } },
    });
  });

  itAsRoot("passes over broken runtimes unless one is chosen", async () => {
    const options = optionsWith("auto", envWith(broken));
    expect(await checkExecutor(options)).toEqual({ name: "util-linux", fidelity: "full" });
  });

  itAsRoot("may be asked by several at the same time", async () => {
    const options = optionsWith("util-linux");
    const abilities = await Promise.all(Array.from({ length: 4 }, () => checkExecutor(options)));
    expect(abilities).toEqual(Array.from({ length: 4 }, () => ({ name: "util-linux", fidelity: "full" })));
    expect(readdirSync(options.dir)).toEqual(["host-util-linux.json"]);
  });

  itAsRoot("stops when it is aborted, and leaves nothing behind", async () => {
    const options = optionsWith("crun", envWith({ crun: "exec sleep 60" }));
    await expect(checkExecutor({ ...options, signal: AbortSignal.timeout(700) })).rejects.toMatchObject({
      name: "TimeoutError",
    });
    expect(readdirSync(options.dir)).toEqual([]);
  });

  itAsRoot("tries once, and again when something has changed", async () => {
    const log = path.join(temporaryFolder(), "log");
    const options = optionsWith("auto", envWith({ ...broken, crun: `echo tried >> ${log}; exit 1` }));
    const tries = (): number => readFileSync(log, "utf8").split("\n").length - 1;
    await checkExecutor(options);
    await checkExecutor(options);
    expect(tries()).toBe(1);
    writeFileSync(path.join(options.env["PATH"]?.split(":")[0] ?? "", "runc"), "#!/bin/sh\nexit 2\n");
    await checkExecutor(options);
    expect(tries()).toBe(2);
  });
});

describe("openExecutor", () => {
  itAsRoot(
    "warns of each broken runtime that it passed over, also when it was found out before",
    async () => {
      const options = optionsWith("auto", envWith(broken));
      await checkExecutor(options);
      const warnings: ExecutorWarning[] = [];
      await using executor = await openExecutor({
        ...options,
        onWarning: (warning) => warnings.push(warning),
      });
      expect(executor.name).toBe("util-linux");
      expect(warnings.map(({ code }) => code)).toEqual([
        "EXECUTOR_RUNTIME_BROKEN",
        "EXECUTOR_RUNTIME_BROKEN",
      ]);
      expect(warnings[0]?.message).toContain("no cgroup");
    },
  );

  itAsRoot("leaves nothing that runs, and no run folders, when it is disposed of", async () => {
    const options = optionsWith("util-linux");
    await (await openExecutor(options))[Symbol.asyncDispose]();
    expect(readdirSync(options.dir)).toEqual(["host-util-linux.json"]);
  });

  itAsRoot(
    "runs on while what an earlier command left is removed, and waits for that at its end",
    async () => {
      const hold = path.join(temporaryFolder(), "hold");
      const env = envWith({ rm: `while [ -e '${hold}' ]; do sleep 0.02; done; exec /bin/rm "$@"` });
      const options = optionsWith("util-linux", env);
      const executor = await openExecutor(options);
      const root = await testRoot(baseLayer());
      writeFileSync(hold, "");
      await (await executor.run(shell(root, "echo 1 >/first")))[Symbol.asyncDispose]();
      const second = await executor.run(shell(root, "echo 2 >/second"));
      expect(await changeLines(second)).toEqual(["file second 0644 '2\n'"]);
      rmSync(hold);
      await second[Symbol.asyncDispose]();
      await executor[Symbol.asyncDispose]();
      expect(readdirSync(runsFolder(options.dir))).toEqual([]);
    },
  );

  const lines = ["touch /file && chown 1000:50 /file && id -u"];
  const owned = { status: "exit 0", stdout: "0\n", stderr: "", changes: ["file file 0644 1000:50 ''"] };

  it.for<[HostVariant]>([
    ["root"],
    ["root that may not mount"],
    ["root of a container"],
    ["user with subordinate ids"],
  ])("gives files the owners that an image means, as %s", ([variant], context) => {
    const { ability, warnings, ran } = runAs(variant, lines, context);
    expect({ ability, warnings, ran }).toEqual({
      ability: { name: "util-linux", fidelity: "full" },
      warnings: [],
      ran: [owned],
    });
  });

  it.for<[ExecutorChoice, HostVariant]>([
    ["crun", "root with cgroup v2 alone"],
    ["runc", "root with cgroup v2 alone"],
    ["crun", "user with cgroup v2 alone"],
    ["runc", "user with cgroup v2 alone"],
  ])("gives them with %s, too, as %s", ([runtime, variant], context) => {
    context.skip(findProgram(runtime, process.env) === undefined, `needs ${runtime}`);
    const { ability, warnings, ran } = runAs(variant, lines, context, runtime);
    expect({ ability, warnings, ran }).toEqual({
      ability: { name: runtime, fidelity: "full" },
      warnings: [],
      ran: [owned],
    });
  });

  it("warns a user without subordinate ids of what fails, and tells the line to add", (context) => {
    const { ability, warnings, ran } = runAs("user without subordinate ids", lines, context);
    expect(ability).toEqual({ name: "util-linux", fidelity: "single-id" });
    expect(warnings).toEqual([
      {
        code: "EXECUTOR_SINGLE_ID",
        message: expect.stringContaining("/etc/subuid has no subordinate ids for user nobody"),
        hint: expect.stringMatching(
          /^Add the line nobody:\d+:65536 to \/etc\/subuid and to \/etc\/subgid\.$/,
        ),
      },
    ]);
    expect(ran).toMatchObject([{ status: "exit 1", changes: ["file file 0644 ''"] }]);
  });
});
