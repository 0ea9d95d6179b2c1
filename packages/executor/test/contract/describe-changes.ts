import type { LayerEntry } from "@oci-build/oci";
import { describe, expect, it } from "vitest";
import { changeLines, outputOf, run, shell } from "../support/run-request.js";
import { linesLayer, programsLayer, testRoot } from "../support/test-root.js";
import type { GetSubject } from "./subject.js";

/** Every write of a command as a layer has it, against the base that `baseLines` are. */
const cases: readonly (readonly [name: string, line: string, changes: readonly string[]])[] = [
  ["nothing", "true", []],
  ["reading", "cat /srv/data/big >/dev/null; ls -laR /srv >/dev/null", []],
  ["a new file", "echo new >/srv/new", ["dir srv 0755", "file srv/new 0644 'new\n'"]],
  [
    "a file in a new folder",
    "mkdir -p -m 0700 /a/b; echo x >/a/b/c",
    ["dir a 0755", "dir a/b 0700", "file a/b/c 0644 'x\n'"],
  ],
  ["an empty folder", "mkdir /empty", ["dir empty 0755"]],
  [
    "a changed file",
    "echo more >>/srv/data/big",
    ["dir srv 0755", "dir srv/data 0755", "file srv/data/big 0644 'a file of the basemore\n'"],
  ],
  [
    "a touched file",
    "touch /srv/data/big",
    ["dir srv 0755", "dir srv/data 0755", "file srv/data/big 0644 'a file of the base'"],
  ],
  [
    "changed mode bits",
    "chmod 4711 /srv/data/big",
    ["dir srv 0755", "dir srv/data 0755", "file srv/data/big 04711 'a file of the base'"],
  ],
  ["a folder's mode", "chmod 1777 /srv/data", ["dir srv 0755", "dir srv/data 01777"]],
  ["a deleted file", "rm /srv/data/big", ["dir srv 0755", "dir srv/data 0755", "whiteout srv/data/big"]],
  ["a deleted folder", "rm -r /srv/data", ["dir srv 0755", "whiteout srv/data"]],
  [
    "a file deleted and made again",
    "rm /srv/data/big; echo new >/srv/data/big",
    ["dir srv 0755", "dir srv/data 0755", "file srv/data/big 0644 'new\n'"],
  ],
  [
    "a folder deleted and made again",
    "rm -r /srv/data; mkdir /srv/data; echo x >/srv/data/x",
    [
      "dir srv 0755",
      "dir srv/data 0755",
      "whiteout srv/data/big",
      "whiteout srv/data/other",
      "file srv/data/x 0644 'x\n'",
    ],
  ],
  [
    "a folder in place of a file",
    "rm /srv/data/big; mkdir /srv/data/big",
    ["dir srv 0755", "dir srv/data 0755", "dir srv/data/big 0755"],
  ],
  [
    "a file in place of a folder",
    "rm -r /srv/deep; echo x >/srv/deep",
    ["dir srv 0755", "file srv/deep 0644 'x\n'"],
  ],
  ["a file that came and went", "echo x >/srv/x; rm /srv/x", ["dir srv 0755"]],
  [
    "a renamed file",
    "mv /srv/data/big /srv/data/moved",
    [
      "dir srv 0755",
      "dir srv/data 0755",
      "whiteout srv/data/big",
      "file srv/data/moved 0644 'a file of the base'",
    ],
  ],
  [
    "a renamed folder",
    "mv /srv/deep /srv/moved",
    [
      "dir srv 0755",
      "whiteout srv/deep",
      "dir srv/moved 0755",
      "dir srv/moved/er 0755",
      "file srv/moved/er/file 0644 'deep'",
    ],
  ],
  ["a link", "ln -s ../x /srv/link", ["dir srv 0755", "link srv/link -> ../x"]],
  [
    "hard links of new files",
    "echo x >/srv/a; ln /srv/a /srv/b",
    ["dir srv 0755", "file srv/a 0644 'x\n'", "hardlink srv/b -> srv/a"],
  ],
  [
    "a hard link to a file of the base",
    "ln /srv/data/big /srv/also",
    [
      "dir srv 0755",
      "file srv/also 0644 'a file of the base'",
      "dir srv/data 0755",
      "hardlink srv/data/big -> srv/also",
    ],
  ],
  ["a pipe with a name", "mkfifo -m 0640 /srv/pipe", ["dir srv 0755", "fifo srv/pipe 0640"]],
  [
    "names that need care",
    "cd /srv; echo x >'-n'; echo y >'a b\nc'; echo z >\"$(printf 'caf\\303\\251')\"",
    ["dir srv 0755", "file srv/-n 0644 'x\n'", "file srv/a b\nc 0644 'y\n'", "file srv/café 0644 'z\n'"],
  ],
];

/** Those that need more than one id, or root's rights on the host. */
const owned: typeof cases = [
  ["owners", "echo x >/srv/x; chown 1000:4 /srv/x", ["dir srv 0755", "file srv/x 0644 1000:4 'x\n'"]],
  [
    "the owner of a file of the base",
    "chown 1000 /srv/data/big",
    ["dir srv 0755", "dir srv/data 0755", "file srv/data/big 0644 1000:0 'a file of the base'"],
  ],
];

/** What a command changed, as a layer. */
export function describeChanges(subject: GetSubject): void {
  describe("the changes of a command", () => {
    it.each(cases)("are those of %s", async (_, line, changes) => {
      const { executor, root } = subject();
      expect(await run(executor, shell(root, line))).toEqual({
        status: "exit 0",
        stdout: "",
        stderr: "",
        changes,
      });
    });

    it("have no sockets, which nobody listens at any more", async () => {
      const { executor, root } = subject();
      const line =
        "ln -s /srv/socket /dev/log; syslogd -O /tmp/log; until test -S /srv/socket; do :; done; echo x >/srv/x";
      const { changes } = await run(executor, shell(root, line));
      expect(changes.filter((text) => text.includes("srv"))).toEqual([
        "dir srv 0755",
        "file srv/x 0644 'x\n'",
      ]);
    });

    it.for(owned)("are those of %s", async ([, line, changes], { skip }) => {
      const { executor, root } = subject();
      skip(executor.fidelity !== "full", "there is one id only");
      expect(await run(executor, shell(root, line))).toMatchObject({ status: "exit 0", changes });
    });

    it("have owners of one id only where there is only one", async ({ skip }) => {
      const { executor, root } = subject();
      skip(executor.fidelity === "full", "there are more");
      const ran = await run(
        executor,
        shell(root, "echo x >/srv/x; chown 1000 /srv/x 2>/dev/null || echo refused"),
      );
      expect(ran.stdout).toBe("refused\n");
      expect(ran.changes).toContain("file srv/x 0644 'x\n'");
    });

    it("are there where nobody but a user of the image may enter the root itself", async () => {
      const { executor, root } = subject();
      const line = "echo x >/new; chown 12:34 / 2>/dev/null; chmod 0700 /";
      expect(await run(executor, shell(root, line))).toMatchObject({
        status: "exit 0",
        changes: ["file new 0644 'x\n'"],
      });
    });

    it("are there when the command failed", async () => {
      const { executor, root } = subject();
      const ran = await run(executor, shell(root, "echo x >/half; exit 1"));
      expect(ran).toMatchObject({ status: "exit 1", changes: ["file half 0644 'x\n'"] });
    });

    it("keep extended attributes and capabilities of files", async () => {
      const { executor } = subject();
      const root = await testRoot(programsLayer(), [capable]);
      const ran = await run(executor, shell(root, "chmod 0750 /tool; cp -p /tool /copy"));
      expect(ran.changes).toContain("file copy 0750 'x'");
      const tool = ran.changes.find((line) => line.startsWith("file tool"));
      expect(tool).toContain("user.note=kept");
      // chmod leaves a file its capabilities, and they are those of the image: without an id of whoever built it.
      if (executor.fidelity === "full") expect(tool).toContain("security.capability=\u0001\0\0\u0002");
    });

    it("are of the base that the layers make together", async () => {
      const { executor } = subject();
      const root = await testRoot(
        programsLayer(),
        linesLayer(
          "dir a 0755",
          "file a/one 0644 '1'",
          "file a/two 0644 '2'",
          "dir b 0755",
          "file b/x 0644 'x'",
        ),
        linesLayer("dir a 0755", "whiteout a/one", "dir b 0700", "opaque b", "file b/y 0644 'y'"),
      );
      expect(await outputOf(executor, shell(root, "ls /a /b; cat /a/two"))).toBe("/a:\ntwo\n\n/b:\ny\n2");
      const ran = await run(executor, shell(root, "echo 3 >/a/one; rm /b/y"));
      expect(ran.changes).toEqual(["dir a 0755", "file a/one 0644 '3\n'", "dir b 0700", "whiteout b/y"]);
    });

    it("are of a base of 130 layers", async () => {
      const { executor } = subject();
      const many = Array.from({ length: 129 }, (_, index) => {
        return linesLayer("dir d 0755", `file d/${index} 0644 '${index}'`, `file last 0644 '${index}'`);
      });
      const root = await testRoot(programsLayer(), ...many);
      const ran = await run(executor, shell(root, "ls /d | wc -l; cat /last; rm /d/77"));
      expect(ran).toMatchObject({
        status: "exit 0",
        stdout: "129\n128",
        changes: ["dir d 0755", "whiteout d/77"],
      });
    });

    it("can be made on nothing at all but a program", async () => {
      const { executor } = subject();
      const root = await testRoot(programsLayer());
      expect(await run(executor, shell(root, "echo x >/x"))).toMatchObject({
        changes: ["file x 0644 'x\n'"],
      });
    });

    it("go on where the last command stopped", async () => {
      const { executor, root } = subject();
      const asked = shell(root, "echo one >/one; exit 3");
      await using result = await executor.run(asked);
      const { root: _, ...again } = shell(root, "test -f /one && echo two >/two");
      expect(await result.enter(again)).toEqual({ kind: "exited", exitCode: 0 });
      expect(await changeLines(result)).toEqual(["file one 0644 'one\n'", "file two 0644 'two\n'"]);
    });

    it("are also those in folders that nobody may look into, with times before 1970", async () => {
      const { executor, root } = subject();
      const line =
        "mkdir /shut /open; for d in /shut /open; do echo x >$d/f; touch -d '1969-12-31 23:59:54' $d/f; done";
      await using result = await executor.run(shell(root, `${line}; chmod 0300 /shut; chmod 0600 /open`));
      const found: string[] = [];
      for await (const entries of result.changes())
        for (const entry of entries)
          if (entry.type === "file") found.push(`${entry.path} ${entry.size} ${entry.mtimeSec}`);
      expect(found).toEqual(["open/f 2 -6", "shut/f 2 -6"]);
    });

    it("are of one command alone, however many run on the same base", async () => {
      const { executor, root } = subject();
      const numbers = Array.from({ length: 8 }, (_, index) => index);
      const ran = await Promise.all(
        numbers.map((number) => run(executor, shell(root, `echo ${number} >/n; cat /n`))),
      );
      expect(ran.map(({ stdout, changes }) => [stdout, changes])).toEqual(
        numbers.map((number) => [`${number}\n`, [`file n 0644 '${number}\n'`]]),
      );
    });
  });
}

/** VFS_CAP_REVISION_2 with the effective flag, and CAP_NET_RAW. */
const CAPABILITY = Buffer.from("0100000200200000000000000000000000000000", "hex");

const capable: LayerEntry = {
  ...({ type: "file", path: "tool", mode: 0o755, uid: 0, gid: 0, mtimeSec: 0, size: 1 } as const),
  open: () => {
    let isRead = false;
    return {
      read: (target) => {
        if (isRead) return 0;
        isRead = true;
        target[0] = "x".charCodeAt(0);
        return 1;
      },
      close: () => undefined,
    };
  },
  xattrs: new Map([
    ["security.capability", CAPABILITY],
    ["user.note", Buffer.from("kept")],
  ]),
};
