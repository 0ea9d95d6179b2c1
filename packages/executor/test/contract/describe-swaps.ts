import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import type { LayerEntry, LayerEntryBatches } from "@oci-build/oci";
import { describe, expect, it, onTestFinished } from "vitest";
import type { ExecMount } from "../../src/executor.js";
import { runsFolder } from "../../src/run/executor-home.js";
import {
  bindMount,
  endingOf,
  fileMount,
  onTheWay,
  temporaryFolder,
  trap,
} from "../support/hostile-mounts.js";
import { changeLines, collectOutput, outputOf, run, shell } from "../support/run-request.js";
import { baseLayer, linesLayer, testRoot } from "../support/test-root.js";
import type { GetSubject } from "./subject.js";

/** Links that are put where a mount is to be made, between the look at a path and the mount. */
export function describeSwaps(subject: GetSubject): void {
  /** Does something while mounts are planned, after those before it. */
  const meanwhile = (work: () => void): ExecMount => {
    return {
      ...{ kind: "file", target: "/run/late", mode: 0o644, uid: 0, gid: 0 },
      get content() {
        work();
        return Buffer.from("");
      },
    };
  };
  const putLink = (at: string, target: string): void => {
    renameSync(at, `${at}.before`);
    symlinkSync(target, at);
  };

  describe("a mount in a folder that is written to at the same time", () => {
    it("is made where that has what is needed, and where it has not", async () => {
      const { executor, root } = subject();
      const folder = temporaryFolder();
      mkdirSync(path.join(folder, "there"));
      writeFileSync(path.join(folder, "file"), "below");
      const odd = 'it\'s "a" new\n$HOME #1\\';
      const mounts: readonly ExecMount[] = [
        bindMount("/c", folder),
        { kind: "tmpfs", target: "/c/there" },
        { kind: "tmpfs", target: "/c/new/er" },
        fileMount("/c/file", Buffer.from("over ")),
        fileMount("/c/deep/er/file", Buffer.from("made ")),
        fileMount(`/c/${odd}/in it`, Buffer.from("odd ")),
        fileMount("/c/there/inner", Buffer.from("inner")),
      ];
      const line =
        'cd /c; cat file deep/er/file "$ODD/in it" there/inner; touch there/x new/er/x; grep -c " /c/new/er tmpfs" /proc/self/mounts';
      const asked = shell(root, line, { mounts, env: { PATH: "/bin", ODD: odd } });
      expect(await outputOf(executor, asked)).toBe("over made odd inner1\n");
      expect(readFileSync(path.join(folder, "file"), "utf8")).toBe("below");
      expect(existsSync(path.join(folder, "new/er/x"))).toBe(false);
    });

    it("and the folder that a command begins in are made where nobody but their owner may look", async () => {
      const { executor, root, mapping } = subject();
      const folder = path.join(temporaryFolder(), "own");
      const [uid, user] = mapping === "single" ? [0, "root"] : [1000, "app"];
      await executor.folders.make(folder, { mode: 0o700, uid, gid: uid });
      onTestFinished(() => executor.folders.remove(folder));
      await outputOf(
        executor,
        shell(root, "mkdir /c/dir; ln -s /srv/data /c/link", { user, mounts: [bindMount("/c", folder)] }),
      );
      const mounts = [
        bindMount("/c", folder),
        fileMount("/c/dir/one", Buffer.from("1")),
        fileMount("/c/link/two", Buffer.from("2")),
      ];
      const line = "cat /c/dir/one /c/link/two /srv/data/two; pwd";
      expect(await outputOf(executor, shell(root, line, { mounts, cwd: "/c/new/folder" }))).toBe(
        "122/c/new/folder\n",
      );
    });

    it("follows no link that is put into its target", async () => {
      const { executor, root } = subject();
      const folder = temporaryFolder();
      const sentinel = path.join(folder, "sentinel");
      const shared = path.join(folder, "shared");
      mkdirSync(path.join(shared, "b"), { recursive: true });
      const mounts = [
        bindMount("/c", shared),
        fileMount(`/c/b/${path.basename(onTheWay)}`, trap(sentinel)),
        meanwhile(() => putLink(path.join(shared, "b"), path.dirname(onTheWay))),
      ];
      const outcome = await endingOf(run(executor, shell(root, "true", { mounts })));
      expect(existsSync(sentinel)).toBe(false);
      if (executor.name === "util-linux") expect(outcome).toBe("EXECUTOR_START_FAILED");
    });

    it("follows no link in place of its target", async () => {
      const { executor, root } = subject();
      const folder = temporaryFolder();
      const sentinel = path.join(folder, "sentinel");
      const shared = path.join(folder, "shared");
      mkdirSync(shared);
      writeFileSync(path.join(shared, "b"), "");
      const mounts = [
        bindMount("/c", shared),
        fileMount("/c/b", trap(sentinel)),
        meanwhile(() => putLink(path.join(shared, "b"), onTheWay)),
      ];
      const outcome = await endingOf(run(executor, shell(root, "true", { mounts })));
      expect(existsSync(sentinel)).toBe(false);
      if (executor.name === "util-linux") expect(outcome).toBe("EXECUTOR_START_FAILED");
    });

    it.each(["refused", "kept", "discarded"] as const)(
      "follows no link in place of its source when writes are %s",
      async (writes) => {
        const { executor, root } = subject();
        const folder = temporaryFolder();
        const [shared, secret] = [path.join(folder, "shared"), path.join(folder, "secret")];
        mkdirSync(path.join(shared, "sub"), { recursive: true });
        mkdirSync(secret);
        writeFileSync(path.join(secret, "token"), "hidden");
        const source = { kind: "folder", folder: shared, path: "/sub" } as const;
        const mounts: readonly ExecMount[] = [
          { kind: "bind", target: "/s", source, writes },
          meanwhile(() => putLink(path.join(shared, "sub"), secret)),
        ];
        const ran = await run(executor, shell(root, "cat /s/token", { mounts })).then(
          ({ stdout }) => stdout,
          () => "refused",
        );
        expect(ran).not.toContain("hidden");
      },
    );

    it("makes the folder that a command begins in nowhere else", async () => {
      const { executor, root } = subject();
      const folder = temporaryFolder();
      const [shared, other] = [path.join(folder, "shared"), path.join(folder, "other")];
      mkdirSync(path.join(shared, "b"), { recursive: true });
      mkdirSync(other);
      const asked = {
        ...shell(root, "true", { mounts: [bindMount("/c", shared)], cwd: "/c/b/new" }),
        get ulimits() {
          if (!existsSync(path.join(shared, "b.before"))) putLink(path.join(shared, "b"), other);
          return [];
        },
      };
      await endingOf(executor.run(asked).then((result) => result[Symbol.asyncDispose]()));
      expect(existsSync(path.join(shared, "b.before"))).toBe(true);
      expect(existsSync(path.join(other, "new"))).toBe(false);
    });
  });

  describe("what a command changed", () => {
    it("is read through no link that is put in place of a folder meanwhile", async (context) => {
      const { executor, root, dir } = subject();
      const folder = temporaryFolder();
      writeFileSync(path.join(folder, "f"), "hidden");
      const line = "mkdir /srv/b; echo own >/srv/b/f; head -c 9000000 /dev/zero >/srv/a";
      await using result = await executor.run(shell(root, line));
      const upper = leftWith("srv/b", dir, "upper");
      context.skip(upper === undefined, "there is no overlayfs");
      const swap = (): void => putLink(path.join(upper ?? "", "srv/b"), folder);
      const changes = (): LayerEntryBatches => whenSeen("srv/a", swap, result.changes());
      const lines = await changeLines({ changes }).catch((error: { readonly code?: string }) => [error.code]);
      expect(existsSync(path.join(upper ?? "", "srv/b.before"))).toBe(true);
      expect(lines.join("\n")).not.toContain("hidden");
    });
  });

  describe("a command that enters what another one left", () => {
    it("follows no link that the other put where its mounts are", async () => {
      const { executor, root } = subject();
      const sentinel = path.join(temporaryFolder(), "sentinel");
      const mounts = [fileMount(`/opt/tools/${path.basename(onTheWay)}`, trap(sentinel))];
      const line = `mv /opt /before && mkdir /opt && ln -s ${path.dirname(onTheWay)} /opt/tools && exit 1`;
      const asked = shell(root, line, { mounts });
      await using result = await executor.run(asked);
      expect(result.status).toEqual({ kind: "exited", exitCode: 1 });
      await endingOf(result.enter({ ...asked, args: ["/bin/true"] }));
      expect(existsSync(sentinel)).toBe(false);
    });

    it("follows no link that is put there while its mounts are made", async () => {
      const { executor, root, dir } = subject();
      const sentinel = path.join(temporaryFolder(), "sentinel");
      let swap = (): void => undefined;
      const mounts = [
        fileMount(`/opt/tools/${path.basename(onTheWay)}`, trap(sentinel)),
        meanwhile(() => swap()),
      ];
      const asked = shell(root, "echo own >/opt/tools/x; exit 1", { mounts });
      await using result = await executor.run(asked);
      const left = leftWith("opt/tools/x", dir, "upper") ?? leftWith("opt/tools/x", dir, "root") ?? "";
      swap = () => putLink(path.join(left, "opt/tools"), path.dirname(onTheWay));
      const outcome = await endingOf(result.enter({ ...asked, args: ["/bin/true"] }));
      expect(existsSync(path.join(left, "opt/tools.before"))).toBe(true);
      expect(existsSync(sentinel)).toBe(false);
      if (executor.name === "util-linux") expect(outcome).toBe("EXECUTOR_START_FAILED");
    });

    it("begins in a folder of its own where the other put a new one above", async () => {
      const { executor } = subject();
      const root = await testRoot(baseLayer(), linesLayer("dir job 0755", "dir job/sub 0755"));
      const asked = shell(root, "rm -r /job && mkdir /job && echo x >/job/new; exit 1", {
        cwd: "/job/sub",
      });
      await using result = await executor.run(asked);
      expect(result.status).toEqual({ kind: "exited", exitCode: 1 });
      const output = collectOutput();
      const { root: _, ...again } = shell(root, "pwd; ls /job /job/sub", { cwd: "/job/sub" });
      const status = await result.enter({ ...again, onOutput: output.onOutput });
      expect({ status, ...output.texts() }).toEqual({
        status: { kind: "exited", exitCode: 0 },
        stdout: "/job/sub\n/job:\nnew\nsub\n\n/job/sub:\n",
        stderr: "",
      });
    });

    it("sees its mounts where the other left everything alone", async () => {
      const { executor, root } = subject();
      const mounts = [fileMount("/opt/secret", Buffer.from("x"))];
      const asked = shell(root, "echo made >/srv/made; exit 1", { mounts });
      await using result = await executor.run(asked);
      const line = "test -s /opt/secret && test -s /srv/made && test -s /etc/hosts";
      const status = await result.enter({ ...asked, args: ["/bin/sh", "-c", line] });
      expect(status).toEqual({ kind: "exited", exitCode: 0 });
    });
  });
}

/** The folder of that name, on the disk, in which a command left a path. Folders of others may be on their way out. */
function leftWith(mark: string, dir: string, name: "upper" | "root"): string | undefined {
  const runs = runsFolder(dir);
  return readdirSync(runs)
    .flatMap((owner) => readdirSync(path.join(runs, owner)).map((run) => path.join(runs, owner, run, name)))
    .find((folder) => existsSync(path.join(folder, mark)));
}

/** The same entries. Something is done when one of them comes, whose content is not read yet. */
async function* whenSeen(
  seen: string,
  work: () => void,
  batches: LayerEntryBatches,
): AsyncGenerator<Iterable<LayerEntry>> {
  for await (const batch of batches) {
    yield (function* () {
      for (const entry of batch) {
        if (entry.path === seen) work();
        yield entry;
      }
    })();
  }
}
