import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import net from "node:net";
import path from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import type { ExecMount } from "../../src/executor.js";
import { outputOf, run, shell } from "../support/run-request.js";
import { makeFolder, removeFolder } from "../support/temporary-folder.js";
import { linesLayer, programsLayer, testRoot } from "../support/test-root.js";
import type { GetSubject } from "./subject.js";

/** What a command sees beside its image, and that none of it comes into the layer. */
export function describeMounts(subject: GetSubject): void {
  describe("what every command sees", () => {
    it.each([
      ["its own processes alone", "cat /proc/1/comm; ls /proc | grep -c '^[0-9]'", /^sh\n[1-4]\n$/],
      [
        "a fixed set of devices",
        "ls /dev | tr '\\n' ' '",
        /^(console )?core fd full mqueue null ptmx pts random shm stderr stdin stdout tty urandom zero $/,
      ],
      [
        "devices that work",
        "echo x >/dev/null && head -c 3 /dev/zero | wc -c && head -c 2 /dev/urandom | wc -c",
        /^3\n2\n$/,
      ],
      [
        "shared memory that it may write to",
        "echo 1 >/dev/shm/x && df -k /dev/shm | tail -n 1 | awk '{print $2}'",
        /^65536\n$/,
      ],
      [
        "a /proc/sys that it may not",
        "echo 1 2>/dev/null >/proc/sys/kernel/hostname || echo refused",
        /^refused\n$/,
      ],
      [
        "a /sys that it may not write to",
        "mkdir /sys/fs/cgroup/x 2>/dev/null || mkdir /sys/x 2>/dev/null || echo refused",
        /^refused\n$/,
      ],
      ["nothing of the kernel's memory", "cat /proc/kcore /proc/timer_list 2>/dev/null | wc -c", /^0\n$/],
      ["a host name of its own", "hostname | wc -l", /^1\n$/],
      ["the host's own names", "grep -c localhost /etc/hosts", /^[12]\n$/],
    ])("is %s", async (_, line, seen) => {
      const { executor, root } = subject();
      expect(await outputOf(executor, shell(root, line))).toMatch(seen);
    });

    it("leaves no trace in the layer, whatever the image has", async () => {
      const { executor, root } = subject();
      const bare = await testRoot(programsLayer());
      for (const tree of [root, bare]) {
        const ran = await run(
          executor,
          shell(tree, "ls -la /proc /sys /dev /etc/hosts /etc/resolv.conf >/dev/null; true"),
        );
        expect(ran).toMatchObject({ status: "exit 0", changes: [] });
      }
    });

    it("may be files of the image, which keep what they were", async () => {
      const { executor } = subject();
      const own = linesLayer("dir etc 0755", "file etc/hosts 0600 'own'", "file etc/resolv.conf 0644 'own'");
      const tree = await testRoot(programsLayer(), own);
      const ran = await run(executor, shell(tree, "echo more >>/etc/hosts; cat /etc/hosts"));
      expect(ran.stdout).not.toContain("own");
      expect(ran.changes).toEqual([]);
    });

    it("is at the end of the image's links, and never of the host's", async () => {
      const { executor } = subject();
      const folder = temporaryFolder();
      writeFileSync(path.join(folder, "victim"), "untouched");
      const links = linesLayer("dir etc 0755", `link etc/resolv.conf -> ../../../../..${folder}/victim`);
      const tree = await testRoot(programsLayer(), links);
      const ran = await run(executor, shell(tree, "echo changed >>/etc/resolv.conf; true"));
      expect(ran.status).toBe("exit 0");
      expect(readFileSync(path.join(folder, "victim"), "utf8")).toBe("untouched");
    });

    it("has the hosts, the host name and the size of shared memory that were asked for", async () => {
      const { executor, root } = subject();
      const asked = shell(
        root,
        "grep two /etc/hosts; hostname; df -k /dev/shm | tail -n 1 | awk '{print $2}'",
        {
          hosts: [
            { name: "two", address: "10.0.0.2" },
            { name: "two", address: "::2" },
          ],
          hostname: "builder",
          shmSizeBytes: 4 * 1024 * 1024,
        },
      );
      const text = await outputOf(executor, asked);
      expect(text.split(/\s+/)).toEqual(["10.0.0.2", "two", "::2", "two", "builder", "4096", ""]);
    });

    it("has no network but its own when there is to be none", async () => {
      const { executor, root } = subject();
      const line =
        "ip -o link | grep -c .; ip -o link | grep -c LOOPBACK,UP; cat /etc/resolv.conf | grep -c nameserver";
      const ran = await run(executor, shell(root, line, { network: "none" }));
      expect(ran.stdout).toBe("1\n1\n0\n");
    });

    it("reaches its own loopback, and the host's network by default", async () => {
      const { executor, root } = subject();
      const server = net.createServer((socket) => socket.end("from the host"));
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      const { port } = server.address() as net.AddressInfo;
      try {
        const line = `nc 127.0.0.1 ${port} </dev/null || echo none`;
        expect(await outputOf(executor, shell(root, line))).toBe("from the host");
        expect(await outputOf(executor, shell(root, `${line} 2>/dev/null`, { network: "none" }))).toContain(
          "none",
        );
      } finally {
        server.close();
      }
    });
  });

  describe("a mount", () => {
    const file = (target: string, text: string): ExecMount => {
      return { kind: "file", target, content: Buffer.from(text), mode: 0o400, uid: 0, gid: 0 };
    };

    it("of a file is seen with its mode and owner, by the command alone", async () => {
      const { executor, root } = subject();
      const asked = shell(root, "cat /run/secrets/token; stat -c '%a %u %g' /run/secrets/token", {
        mounts: [file("/run/secrets/token", "hidden")],
      });
      expect(await run(executor, asked)).toMatchObject({ stdout: "hidden400 0 0\n", changes: [] });
    });

    it("is at the end of links", async () => {
      const { executor, root } = subject();
      const asked = shell(root, "cat /run/new/token; ls -d /var/run", {
        mounts: [file("/var/run/new/token", "x")],
      });
      expect(await run(executor, asked)).toMatchObject({ stdout: "x/var/run\n", changes: [] });
    });

    it("over a file of the image hides it and leaves it", async () => {
      const { executor, root } = subject();
      const asked = shell(root, "cat /srv/data/big; rm -f /srv/data/big 2>/dev/null; echo $?", {
        mounts: [file("/srv/data/big", "other ")],
      });
      expect(await run(executor, asked)).toMatchObject({ stdout: "other 1\n", changes: [] });
    });

    it("of memory is empty, and gone afterwards", async () => {
      const { executor, root } = subject();
      const asked = shell(
        root,
        "ls -A /srv/data | wc -l; echo x >/srv/data/x; df -k /srv/data | tail -n 1 | awk '{print $2}'",
        {
          mounts: [{ kind: "tmpfs", target: "/srv/data", sizeBytes: 1024 * 1024 }],
        },
      );
      expect(await run(executor, asked)).toMatchObject({ stdout: "0\n1024\n", changes: [] });
    });

    const writes = [
      ["refused", "kept", "refused"],
      ["discarded", "kept", "written"],
      ["kept", "written", "written"],
    ] as const;

    it.each(writes)("of a folder whose writes are %s leaves it %s", async (kind, after, seen) => {
      const { executor, root } = subject();
      const folder = temporaryFolder();
      mkdirSync(path.join(folder, "in"));
      writeFileSync(path.join(folder, "in/file"), "kept");
      const source = { kind: "folder", folder, path: "in" } as const;
      const asked = shell(
        root,
        "echo written 2>/dev/null >/mnt/at/file && cat /mnt/at/file || echo refused",
        {
          mounts: [{ kind: "bind", target: "/mnt/at", source, writes: kind }],
        },
      );
      expect(await run(executor, asked)).toMatchObject({ stdout: `${seen}\n`, changes: [] });
      expect(readFileSync(path.join(folder, "in/file"), "utf8").trim()).toBe(after);
    });

    it("of a folder that was filled shows what the layer has, with its owners", async () => {
      const { executor, root, mapping } = subject();
      const folder = path.join(temporaryFolder(), "filled");
      const { folders } = executor;
      await folders.make(folder, { mode: 0o755, uid: 0, gid: 0 });
      const lines = [
        "dir m 0750 12:34",
        "file m/a 04755 56:78 'text'",
        "hardlink m/b -> m/a",
        "link m/c -> a",
      ];
      const [layer] = (await testRoot(linesLayer(...lines))).layers;
      if (layer === undefined) throw new TypeError("a root of one layer has one");
      await folders.fill(folder, layer);
      const mount: ExecMount = {
        ...{ kind: "bind", target: "/m", writes: "kept" },
        source: { kind: "folder", folder, path: "/m" },
      };
      const line = "stat -c '%n %a %u:%g' /m /m/a; cat /m/c; [ /m/a -ef /m/b ] && echo same";
      const text = await outputOf(executor, { ...shell(root, line), mounts: [mount] });
      const [directory, file] = mapping === "single" ? ["0:0", "0:0"] : ["12:34", "56:78"];
      expect(text.replaceAll("\n", " ")).toBe(`/m 750 ${directory} /m/a 4755 ${file} textsame `);
      await folders.remove(folder);
    });

    it("of another image shows a part of it, for reading", async () => {
      const { executor, root } = subject();
      const other = await testRoot(
        linesLayer(
          "dir opt 0755",
          "dir opt/tool 0755",
          "file opt/tool/a 0644 'below'",
          "file opt/tool/b 0644 'b'",
        ),
        linesLayer(
          "dir opt 0755",
          "dir opt/tool 0755",
          "file opt/tool/a 0755 'above'",
          "whiteout opt/tool/b",
        ),
      );
      const asked = shell(root, "ls /tool; cat /tool/a; touch /tool/c 2>/dev/null || echo ' refused'", {
        mounts: [
          {
            kind: "bind",
            target: "/tool",
            source: { kind: "layers", root: other, path: "opt/tool" },
            writes: "refused",
          },
        ],
      });
      expect(await run(executor, asked)).toMatchObject({ stdout: "a\nabove refused\n", changes: [] });
    });

    it("may lie in another one", async () => {
      const { executor, root } = subject();
      const asked = shell(root, "ls /m /m/deep; cat /m/deep/file", {
        mounts: [
          { kind: "tmpfs", target: "/m" },
          { kind: "tmpfs", target: "/m/deep" },
          file("/m/deep/file", "in"),
        ],
      });
      expect(await run(executor, asked)).toMatchObject({ status: "exit 0", changes: [] });
    });

    it("of a socket is one", async () => {
      const { executor, root } = subject();
      const serve = (): Promise<void> => Promise.resolve();
      const asked = shell(root, "test -S /run/agent && stat -c '%a %u' /run/agent", {
        mounts: [{ kind: "socket", target: "/run/agent", serve, mode: 0o600, uid: 0, gid: 0 }],
      });
      const ran = await run(executor, asked);
      expect(ran).toMatchObject({ status: "exit 0", stdout: "600 0\n" });
      expect(ran.changes).toEqual([]);
    });

    it("of a path that leads out of a folder by a link is refused", async () => {
      const { executor, root } = subject();
      const folder = temporaryFolder();
      writeFileSync(path.join(folder, "real"), "x");
      const source = { kind: "folder", folder, path: "../../../../etc/passwd" } as const;
      const asked = shell(root, "cat /mnt", {
        mounts: [{ kind: "bind", target: "/mnt", source, writes: "refused" }],
      });
      await expect(run(executor, asked)).rejects.toThrow();
    });
  });
}

/** A folder that the executor's user can enter, removed after the test. */
function temporaryFolder(): string {
  const folder = makeFolder();
  onTestFinished(() => removeFolder(folder));
  return folder;
}
