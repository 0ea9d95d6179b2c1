import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { outputOf, request, run, shell } from "../support/run-request.js";
import { baseLayer, linesLayer, testRoot } from "../support/test-root.js";
import type { GetSubject } from "./subject.js";

const who = "id -u; id -g; id -G | tr ' ' '\\n' | sort -n | tr '\\n' ' '";

/** Who a command is, and what it may do. */
export function describeUser(subject: GetSubject): void {
  /** For `skip`: whether there is one id only, and the reason. */
  const oneId = (): [boolean, string] => [subject().executor.fidelity !== "full", "there is one id only"];

  describe("a command's user", () => {
    it("is root by default, in root's own group", async () => {
      const { executor, root } = subject();
      expect(await outputOf(executor, shell(root, "id -u; id -g; id -G"))).toBe("0\n0\n0\n");
    });

    it.for([
      ["a name, with its group and supplementary groups", "app", "1000\n1000\n4 1000 1001 "],
      ["a name and a group by name", "app:extra", "1000\n1001\n1001 "],
      ["a number that has a name", "1000", "1000\n1000\n4 1000 1001 "],
      ["a number that has none", "4321", "4321\n0\n0 "],
      ["two numbers", "4321:8765", "4321\n8765\n8765 "],
    ])("is %s", async ([, user = "", seen], { skip }) => {
      skip(...oneId());
      const { executor, root } = subject();
      expect(await outputOf(executor, shell(root, who, { user }))).toBe(seen);
    });

    it.each([
      ["70000:4", "user id 70000"],
      ["4:70000", "group id 70000"],
    ])("is refused when it is beyond the ids that are to be had: %s", async (user, lacking) => {
      const { executor, root, mapping } = subject();
      const refused = {
        code: "EXECUTOR_USER_UNKNOWN",
        message: mapping === "single" ? expect.anything() : expect.stringContaining(lacking),
        hint: expect.stringContaining("/etc/subuid"),
      };
      const ran = run(executor, shell(root, "id", { user }));
      // Root has all ids, also in a namespace that is made for it.
      if (process.getuid?.() === 0) expect(await ran).toMatchObject({ status: "exit 0" });
      else await expect(ran).rejects.toMatchObject(refused);
    });

    it.each(["nobody-there", "app:nothing"])("is refused when there is no such name: %s", async (user) => {
      const { executor, root } = subject();
      await expect(run(executor, shell(root, "true", { user }))).rejects.toThrow(/nobody-there|nothing/);
    });

    it("is looked up in the root, through its links", async ({ skip }) => {
      skip(...oneId());
      const { executor } = subject();
      const elsewhere = linesLayer(
        "whiteout etc/passwd",
        "dir etc 0755",
        "file etc/users 0644 'alias:x:1234:0:::\\n'",
      ).filter(({ type }) => type !== "whiteout");
      const root = await testRoot(
        baseLayer().map((entry) =>
          entry.path === "etc/passwd"
            ? {
                type: "symlink",
                path: "etc/passwd",
                target: "/../../etc/users",
                mode: 0o777,
                uid: 0,
                gid: 0,
                mtimeSec: 0,
              }
            : entry,
        ),
        elsewhere,
      );
      expect(await outputOf(executor, shell(root, "id -u", { user: "alias" }))).toBe("1234\n");
    });

    it("that is not root has no capabilities, and gets root's files only as others do", async ({ skip }) => {
      skip(...oneId());
      const { executor, root } = subject();
      const line =
        "grep CapEff /proc/self/status | cut -f 2; cat /srv/data/other; ls /root 2>&1; touch /srv/x 2>&1";
      const { stdout } = await run(executor, shell(root, line, { user: "app" }));
      expect(stdout).toContain("0000000000000000\nanother");
      expect(stdout).toContain("'/root': Permission denied");
      expect(stdout).toContain("/srv/x: Permission denied");
    });
  });

  describe("a command's rights", () => {
    /** CHOWN DAC_OVERRIDE FOWNER FSETID KILL SETGID SETUID SETPCAP NET_BIND_SERVICE NET_RAW SYS_CHROOT MKNOD AUDIT_WRITE
     * SETFCAP, by their bits. */
    const dockers = "00000000a80425fb";

    it("are those of Docker's default", async () => {
      const { executor, root } = subject();
      const text = await outputOf(executor, shell(root, "grep Cap /proc/self/status | cut -f 2"));
      const none = "0".repeat(16);
      expect(text.split("\n")).toEqual([none, dockers, dockers, dockers, none, ""]);
    });

    it("are narrowed by a filter of system calls with an OCI runtime", async ({ skip }) => {
      const { executor, root } = subject();
      skip(executor.name === "util-linux", "util-linux has none");
      const asked = shell(root, "grep Seccomp: /proc/self/status | cut -f 2");
      expect(await outputOf(executor, asked)).toBe("2\n");
    });

    it("let set-user-id programs change who they are", async ({ skip }) => {
      skip(...oneId());
      const { executor, root } = subject();
      const setUp =
        "cp /bin/busybox /bin/whoever && chmod 4755 /bin/whoever && grep NoNew /proc/self/status | cut -f 2";
      const use =
        "setpriv() { :; }; su app -c 'ln -s /bin/whoever /tmp/id; /tmp/id -u; exec -a id /bin/whoever 2>/dev/null'";
      const ran = await run(executor, shell(root, `${setUp}; ${use}; true`));
      expect(ran.stdout).toContain("0\n");
      expect(ran.changes).toContainEqual(expect.stringContaining("file bin/whoever 04755"));
    });

    it("are all that the caller has when the command is insecure", async () => {
      const { executor, root } = subject();
      const asked = shell(root, "grep CapEff /proc/self/status | cut -f 2", { security: "insecure" });
      expect(Number.parseInt(await outputOf(executor, asked), 16)).toBeGreaterThan(
        Number.parseInt(dockers, 16),
      );
    });

    it("reach no shared memory of the host when the command is insecure", async () => {
      const { executor, root } = subject();
      const line = "echo x >/dev/shm/insecure && df -k /dev/shm | tail -n 1 | awk '{print $2}'";
      const asked = shell(root, line, { security: "insecure", shmSizeBytes: 2 * 1024 * 1024 });
      expect(await outputOf(executor, asked)).toBe("2048\n");
      expect(existsSync("/dev/shm/insecure")).toBe(false);
    });

    it("are bounded by the limits it was given", async () => {
      const { executor, root } = subject();
      const ulimits = [
        { name: "nofile", soft: 100, hard: 200 },
        { name: "core", soft: 0, hard: 0 },
        { name: "cpu", soft: 600, hard: -1 },
      ];
      const limits = await outputOf(
        executor,
        request(root, { args: ["/bin/cat", "/proc/self/limits"], ulimits }),
      );
      expect(limits).toMatch(/^Max open files +100 +200 /m);
      expect(limits).toMatch(/^Max core file size +0 +0 /m);
      expect(limits).toMatch(/^Max cpu time +600 +unlimited /m);
    });

    it("are bounded by limits that whatever prepares them could not live with", async (context) => {
      const { executor, root } = subject();
      context.skip(executor.name !== "util-linux", "a runtime opens files itself after it has set limits");
      const ulimits = [{ name: "nofile", soft: 4, hard: 5 }];
      const asked = shell(root, "ulimit -n; ulimit -H -n", { ulimits });
      expect(await outputOf(executor, asked)).toBe("4\n5\n");
    });

    it("are not started where a limit cannot be set", async () => {
      const { executor, root } = subject();
      const ulimits = [{ name: "nofile", soft: 30, hard: 20 }];
      const failure = await run(executor, shell(root, "echo ran", { ulimits })).catch((error) => error);
      expect(["EXECUTOR_START_FAILED", "RUNTIME_FAILED"]).toContain(failure.code);
    });

    it("make files as others may read them", async () => {
      const { executor, root } = subject();
      expect(await outputOf(executor, shell(root, "umask"))).toBe("0022\n");
    });
  });
}
