import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { childFile } from "../support/child.js";
import { collectOutput, outputOf, request, run, shell } from "../support/run-request.js";
import type { GetSubject } from "./subject.js";

/** How a command starts, what it sees of its caller, and how its end is told. */
export function describeCommand(subject: GetSubject): void {
  describe("a command's end", () => {
    it.each([
      ["true", "exit 0"],
      ["exit 3", "exit 3"],
      ["exit 255", "exit 255"],
      // A shell's own word for a command of its that a signal ended; ours to pass on.
      ["sh -c 'kill -9 $$'; exit $?", "exit 137"],
    ])("is told of %s", async (line, status) => {
      const { executor, root } = subject();
      expect((await run(executor, shell(root, line))).status).toBe(status);
    });

    it("is that of a signal which ends the command itself", async () => {
      const { executor, root } = subject();
      // Process 1 of a namespace is spared by signals of its own namespace unless it handles them, but for these.
      const { status } = await run(executor, shell(root, "ulimit -c 0; ulimit -t 1; while :; do :; done"));
      // Differs: an OCI runtime has 128 + the signal for it, and so has Docker.
      expect(["signal SIGKILL", "signal SIGXCPU", "exit 137", "exit 152"]).toContain(status);
    });

    it("leaves nothing of what it had started in the background", async () => {
      const { executor, root } = subject();
      const started = Date.now();
      const { status } = await run(executor, shell(root, "sleep 31.7 >/dev/null 2>&1 & exit 0"));
      expect(status).toBe("exit 0");
      expect(Date.now() - started).toBeLessThan(10_000);
    });
  });

  describe("a program that is text without #!", () => {
    // An OCI runtime starts programs itself, and so does Docker: there it is an error of format.
    it("Differs: is run by the image's shell with util-linux", async () => {
      const { executor, root } = subject();
      await using result = await executor.run(
        shell(root, "printf 'echo ran' >/bin/text && chmod 755 /bin/text; exit 1"),
      );
      const command = { ...request(root, {}), args: ["/bin/text"] } as const;
      const output = collectOutput();
      const status = await result.enter({ ...command, onOutput: output.onOutput }).catch(() => "refused");
      if (executor.name === "util-linux") expect(output.texts().stdout).toBe("ran\n");
      else expect(["refused", { kind: "exited", exitCode: 1 }]).toContainEqual(status);
    });
  });

  describe("a command's output", () => {
    it("is given by stream, byte by byte", async () => {
      const { executor, root } = subject();
      const ran = await run(executor, shell(root, "printf 'a\\0b\\377' ; echo err >&2"));
      expect(ran.stdout).toBe(Buffer.from("a\0b\xff", "latin1").toString("utf8"));
      expect(ran.stderr).toBe("err\n");
    });

    it("is all there when there is much of it", async () => {
      const { executor, root } = subject();
      const text = await outputOf(executor, shell(root, "yes 0123456789abcdef | head -c 5000000"));
      expect(text.length).toBe(5_000_000);
    });

    it("has no input when it is captured", async () => {
      const { executor, root } = subject();
      expect(await outputOf(executor, shell(root, "wc -c; test -t 0 || echo no tty"))).toBe("0\nno tty\n");
    });

    it("passes no open file on but the three", async () => {
      const { executor, root } = subject();
      const text = await outputOf(
        executor,
        shell(root, "for fd in /proc/self/fd/*; do echo ${fd##*/}; done | tr '\\n' ' '"),
      );
      expect(text.split(" ").filter((fd) => Number(fd) > 3)).toEqual([]);
    });
  });

  describe("a command with the caller's terminal", () => {
    const hasScript = spawnSync("script", ["--version"]).status === 0;

    it.skipIf(!hasScript)("writes to one, and reads from it (needs script of bsdutils)", () => {
      const { executor, dir } = subject();
      const line = "test -t 0 && test -t 1 && test -t 2 && read -r word && echo got $word && exit 5";
      const args = [childFile("run-terminal"), executor.name, dir, line];
      const command = [process.execPath, ...args].map((word) => `'${word}'`).join(" ");
      const ran = spawnSync("script", ["-qec", command, "/dev/null"], { input: "word\n", encoding: "utf8" });
      expect(ran.stdout).toContain("got word");
      expect(ran.status).toBe(5);
    });

    it.skipIf(!hasScript)("has one of that size (needs script of bsdutils)", () => {
      const { executor, dir } = subject();
      const args = [childFile("run-terminal"), executor.name, dir, "stty size"];
      const command = [process.execPath, ...args].map((word) => `'${word}'`).join(" ");
      const line = `stty rows 33 cols 77; ${command}`;
      const ran = spawnSync("script", ["-qec", line, "/dev/null"], { encoding: "utf8" });
      expect(ran.stdout).toContain("33 77\r\n");
    });
  });

  describe("a command's own terminal", () => {
    const hasScript = spawnSync("script", ["--version"]).status === 0;

    it.skipIf(!hasScript)(
      "is not the caller's, into which it could type (needs script of bsdutils)",
      ({ skip }) => {
        const { executor, dir } = subject();
        skip(executor.name !== "util-linux", "a runtime numbers its terminals anew");
        const args = [childFile("run-terminal"), executor.name, dir, "readlink /proc/self/fd/0; exit 6"];
        const command = [process.execPath, ...args].map((word) => `'${word}'`).join(" ");
        const line = `readlink /proc/self/fd/0; ${command}`;
        const { stdout, status } = spawnSync("script", ["-qec", line, "/dev/null"], { encoding: "utf8" });
        const [callers, own] = stdout.split("\r\n").map((name) => /\d+$/.exec(name)?.[0]);
        expect({ status, isOwn: own !== undefined && own !== callers }).toEqual({ status: 6, isOwn: true });
      },
    );

    it.skipIf(!hasScript)(
      "is one whose session it leads, so that a shell can give it back (needs script of bsdutils)",
      () => {
        const { executor, dir } = subject();
        // Process group, session, and the group in the foreground; 0 is what cannot be named.
        const line = "read -r _ _ _ _ group session _ front rest </proc/1/stat; echo $group $session $front";
        const args = [childFile("run-terminal"), executor.name, dir, line];
        const command = [process.execPath, ...args].map((word) => `'${word}'`).join(" ");
        const { stdout } = spawnSync("script", ["-qec", command, "/dev/null"], { encoding: "utf8" });
        expect(stdout).toContain("1 1 1\r\n");
      },
    );
  });

  describe("a command's environment", () => {
    const odd = {
      PATH: "/usr/bin:/bin",
      HOME: "/root",
      EMPTY: "",
      LINES: "one\ntwo\n",
      QUOTES: `'"\`$HOME\\ `,
      "with.dots": "1",
      "with-hyphen": "2",
      ÜMLAUT: "ö",
      LD_LIBRARY_PATH: "/nowhere",
      LD_PRELOAD: "/nowhere.so",
      GLIBC_TUNABLES: "glibc.malloc.check=3",
      UID: "7",
      EUID: "8",
      PPID: "9",
      OPTIND: "x",
      IFS: ":",
      ENV: "/nowhere",
      BASH_ENV: "/nowhere",
      PS4: "$(touch /pwned)",
      TMPDIR: "/nowhere",
      npm_config_cache: "/c",
    };

    it("is exactly what it was given", async () => {
      const { executor, root } = subject();
      const text = await outputOf(
        executor,
        request(root, { args: ["/bin/cat", "/proc/self/environ"], env: odd }),
      );
      expect(
        text
          .split("\0")
          .filter((line) => line !== "")
          .sort(),
      ).toEqual(
        Object.entries(odd)
          .map(([name, value]) => `${name}=${value}`)
          .sort(),
      );
    });

    it("may be as large as one of the largest values", async () => {
      const { executor, root } = subject();
      const env = { PATH: "/bin", HOME: "/", BIG: "x".repeat(100_000) };
      expect(await outputOf(executor, shell(root, "echo ${#BIG}", { env }))).toBe("100000\n");
    });

    it("decides where a program is looked for", async () => {
      const { executor, root } = subject();
      const env = { PATH: "/nowhere:/bin", HOME: "/" };
      expect(await outputOf(executor, request(root, { args: ["echo", "found"], env }))).toBe("found\n");
    });

    it("passes arguments as they are", async () => {
      const { executor, root } = subject();
      const args = ["", " ", "a b", "-n", "$HOME", "`x`", "\n", "'", "ü", "--", "\\"];
      const output = collectOutput();
      await using result = await executor.run({
        ...request(root, { args: ["/bin/printf", "<%s>", ...args] }),
        onOutput: output.onOutput,
      });
      expect(result.status).toEqual({ kind: "exited", exitCode: 0 });
      expect(output.texts().stdout).toBe(args.map((text) => `<${text}>`).join(""));
    });
  });

  describe("a command's folder", () => {
    it.each([
      ["/", "/"],
      ["/srv/data", "/srv/data"],
      ["/var/run", "/run"],
    ])("is %s", async (cwd, seen) => {
      const { executor, root } = subject();
      expect(await outputOf(executor, shell(root, "readlink /proc/self/cwd", { cwd }))).toBe(`${seen}\n`);
    });

    it("is made when it is missing, and is part of the layer then", async () => {
      const { executor, root } = subject();
      const ran = await run(executor, shell(root, "pwd", { cwd: "/new/folder" }));
      expect(ran).toMatchObject({ status: "exit 0", stdout: "/new/folder\n" });
      expect(ran.changes).toEqual(["dir new 0755", "dir new/folder 0755"]);
    });

    it("is made with the modes that Docker gives, as are files, whatever the caller's umask", async () => {
      const { executor, root } = subject();
      const before = process.umask(0o077);
      try {
        const ran = await run(executor, shell(root, "umask; : >file", { cwd: "/new/folder" }));
        expect(ran).toMatchObject({ status: "exit 0", stdout: "0022\n" });
        expect(ran.changes).toEqual(["dir new 0755", "dir new/folder 0755", "file new/folder/file 0644 ''"]);
      } finally {
        process.umask(before);
      }
    });
  });
}
