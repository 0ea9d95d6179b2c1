import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ExecMount } from "../../src/executor.js";
import { runsFolder } from "../../src/run/executor-home.js";
import { mountsBelow, processesWith, until } from "../support/host-state.js";
import { request, run, shell } from "../support/run-request.js";
import { makeFolder, removeFolder } from "../support/temporary-folder.js";
import { baseLayer, linesLayer, programLayer, programsLayer, testRoot } from "../support/test-root.js";
import { hostileCases, type Verdict, type Verdicts } from "./hostile-cases.js";
import type { GetSubject } from "./subject.js";

const watched = [
  "/proc/sys/kernel/core_pattern",
  "/proc/sys/kernel/hostname",
  "/proc/swaps",
  "/proc/modules",
] as const;
const nodes = ["/dev/null", "/dev/zero", "/dev/tty", "/dev/random"] as const;

/** What a command that means harm achieves, and that the host is the same afterwards. */
export function describeHostile(subject: GetSubject): void {
  const state = { folder: "", sentinel: "" };

  beforeAll(() => {
    state.folder = makeFolder();
    state.sentinel = path.join(state.folder, "sentinel");
    writeFileSync(state.sentinel, "sentinel");
  });

  afterAll(() => removeFolder(state.folder));

  const env = (): Readonly<Record<string, string>> => ({
    PATH: "/bin",
    HOME: "/root",
    SENTINEL: state.sentinel,
    HOST_PID: String(process.pid),
    DISK: diskNumbers(),
  });

  const verdictOf = (verdicts: Verdicts): Verdict => {
    if (typeof verdicts === "string") return verdicts;
    const { executor, mapping } = subject();
    if (executor.name !== "util-linux" && verdicts.filtered !== undefined) return verdicts.filtered;
    return mapping === "root" ? verdicts.root : verdicts.rootless;
  };

  describe("a command that", () => {
    it("tries to get out is refused or stays inside, as the table says", async () => {
      const { executor, root, dir } = subject();
      const before = hostFacts(dir, state.sentinel);
      const attempts = hostileCases.map(
        ({ line }, index) => `A${index}() {\n${line}\n}\necho "${index} $(A${index})"\n`,
      );
      const ran = await run(executor, shell(root, attempts.join(""), { env: env() }));
      const told = ran.stdout.trim().split("\n");
      expect(
        told.map((line) => line.replace(/^\d+/, (index) => `${hostileCases[Number(index)]?.name}:`)),
      ).toEqual(hostileCases.map(({ name, verdicts }) => `${name}: ${verdictOf(verdicts)}`));
      expect(hostFacts(dir, state.sentinel)).toEqual(before);
    });

    it.skipIf(process.arch !== "x64")("climbs out of a chroot that it makes stays inside", async () => {
      const { executor } = subject();
      const root = await testRoot(baseLayer(), programLayer("climb", climber()));
      const { status } = await run(executor, shell(root, "/climb $SENTINEL", { env: env() }));
      expect(status).toBe("exit 10");
    });

    it.skipIf(process.arch !== "x64")("opens files by their handles is refused", async () => {
      const { executor } = subject();
      const root = await testRoot(baseLayer(), programLayer("climb", climber()));
      const { status } = await run(executor, shell(root, "/climb handle", { env: env() }));
      expect(status).toBe("exit 11");
    });

    it.skipIf(process.arch !== "x64")("is started by a program of the host cannot change that", async () => {
      const { executor } = subject();
      const loaders = ["lib/ld-musl-x86_64.so.1", "lib64/ld-linux-x86-64.so.2"];
      const root = await testRoot(
        baseLayer(["dir lib 0755", "dir lib64 0755", "file again 0755 '#!/proc/self/exe\\n'"]),
        ...loaders.map((loader) => programLayer(loader, climber())),
      );
      const { status } = await run(executor, request(root, { args: ["/again"] }));
      // A runtime runs as a copy of itself, or like this one.
      expect(executor.name === "util-linux" ? ["exit 11"] : ["exit 10", "exit 11"]).toContain(status);
    });

    it("leaves hundreds of processes has none of them in the end", async () => {
      const { executor, root } = subject();
      const seconds = `2900.${process.pid}`;
      const line = `i=0; while [ $i -lt 300 ]; do setsid sleep ${seconds} & i=$((i+1)); done; echo started`;
      expect(await run(executor, shell(root, line))).toMatchObject({ stdout: "started\n" });
      expect(await until(() => processesWith(`sleep ${seconds}`).length === 0, 2000)).toBe(true);
    });
  });

  describe("a command that only ever forks", () => {
    it("comes to the limit of its group, and is gone with all it made", { timeout: 30_000 }, async ({
      skip,
    }) => {
      const { executor: first, open, root, dir } = subject();
      await run(first, shell(root, "true"));
      const before = readdirSync(runsFolder(dir));
      await using executor = await open();
      await run(executor, shell(root, "true"));
      const [name = ""] = readdirSync(runsFolder(dir)).filter((run) => !before.includes(run));
      const group = pidsGroupOf(name);
      skip(group === undefined, "no cgroup can be made here that bounds processes");
      if (group === undefined) return;
      const current = (): string => readFileSync(path.join(group, "pids.current"), "utf8").trim();
      // Whatever is not in the group would take all that the host has.
      const gate = path.join(state.folder, `gate-${name}`);
      mkdirSync(gate);
      const source = { kind: "folder", folder: gate, path: "" } as const;
      const mounts: readonly ExecMount[] = [{ kind: "bind", target: "/gate", source, writes: "refused" }];
      const waiting = "until [ -e /gate/seen ]; do sleep 0.05; done";
      const harmless = run(executor, shell(root, waiting, { mounts }));
      const isInGroup = await until(() => current() !== "0", 20_000);
      writeFileSync(path.join(gate, "seen"), "");
      await harmless;
      expect(isInGroup).toBe(true);
      // As few as show it: other things run on this machine.
      writeFileSync(path.join(group, "pids.max"), "60");
      const isAtLimit = (): boolean =>
        !/^max 0$/m.test(readFileSync(path.join(group, "pids.events"), "utf8"));
      // The shell itself forks once, before the bomb has taken all: it would end where it may not.
      const bomb =
        "mkfifo /tmp/wait; bomb() { bomb | bomb & }; bomb 2>/dev/null & until [ -e /gate/open ]; do read -t 1 x <>/tmp/wait; done; echo survived";
      const running = run(executor, shell(root, bomb, { mounts }));
      const wasAtLimit = await until(isAtLimit, 20_000);
      writeFileSync(path.join(gate, "open"), "");
      expect((await running).stdout).toBe("survived\n");
      expect(wasAtLimit).toBe(true);
      expect(await until(() => current() === "0", 2000)).toBe(true);
    });
  });

  describe("an image that", () => {
    it("has links to the host where mounts are put leads nowhere", async () => {
      const { executor } = subject();
      mkdirSync(path.join(state.folder, "secrets"), { recursive: true });
      writeFileSync(path.join(state.folder, "secrets/token"), "untouched");
      const up = "../../../../../../../..";
      const root = await testRoot(
        programsLayer(),
        linesLayer(
          `link cache -> ${state.folder}`,
          "dir etc 0755",
          `link etc/hosts -> ${up}${state.sentinel}`,
          `link etc/resolv.conf -> ${state.sentinel}`,
          "dir run 0755",
          `link run/secrets -> ${up}${state.folder}/secrets`,
        ),
      );
      const mounts: readonly ExecMount[] = [
        {
          kind: "file",
          target: "/run/secrets/token",
          content: Buffer.from("x"),
          mode: 0o600,
          uid: 0,
          gid: 0,
        },
        { kind: "tmpfs", target: "/cache" },
      ];
      const line =
        "echo changed >/run/secrets/token; echo changed >/etc/hosts; echo changed >/etc/resolv.conf; echo x >/cache/x";
      const ran = await run(executor, shell(root, line, { mounts }));
      expect(ran).toMatchObject({ status: "exit 0", changes: [] });
      expect(readFileSync(path.join(state.folder, "secrets/token"), "utf8")).toBe("untouched");
      expect(readFileSync(state.sentinel, "utf8")).toBe("sentinel");
    });

    it.each(["proc", "dev", "sys"])("has a link in place of /%s leads nowhere", async (name) => {
      const { executor } = subject();
      const before = mountsBelow(state.folder);
      const root = await testRoot(programsLayer(), linesLayer(`link ${name} -> ${state.folder}`));
      const outcome = await run(executor, shell(root, "echo ran")).then(
        ({ status }) => status,
        () => "refused",
      );
      expect(["exit 0", "refused"]).toContain(outcome);
      expect(mountsBelow(state.folder)).toEqual(before);
    });

    it("has overlayfs's own marks gains nothing by them", async () => {
      const { executor, root } = subject();
      const marks = ["trusted", "user"].flatMap((space) => [
        `dir srv/${space} 0755 ${space}.overlay.redirect=/srv/data`,
        `dir srv/${space}-opaque 0755 ${space}.overlay.opaque=y`,
        `file srv/${space}-copy 0644 '' ${space}.overlay.metacopy=`,
      ]);
      const lines = [
        "dir srv 0755",
        ...marks.sort((a, b) => ((a.split(" ")[1] ?? "") < (b.split(" ")[1] ?? "") ? -1 : 1)),
      ];
      const layered = await testRoot(baseLayer(), linesLayer(...lines));
      const outcome = await run(executor, shell(layered, "ls /srv/trusted /srv/user | grep -c big")).then(
        ({ stdout }) => stdout.trim(),
        () => "refused",
      );
      expect(["0", "refused"]).toContain(outcome);
      expect(await run(executor, shell(root, "true"))).toMatchObject({ status: "exit 0" });
    });

    it("has nodes of the host's disk cannot open them", async () => {
      const { executor } = subject();
      const [major, minor] = diskNumbers().split(" ");
      const root = await testRoot(baseLayer(), linesLayer(`block disk 0666 ${major},${minor}`));
      const outcome = await run(
        executor,
        shell(root, "head -c 1 /disk >/dev/null && echo escaped || echo contained"),
      ).then(
        ({ stdout }) => stdout.trim(),
        () => "refused",
      );
      expect(["contained", "refused"]).toContain(outcome);
    });
  });
}

/** What must be the same before and after. */
function hostFacts(dir: string, sentinel: string): object {
  return {
    mounts: mountsBelow(dir),
    settings: watched.filter((file) => existsSync(file)).map((file) => readFileSync(file, "utf8")),
    devices: nodes.map((node) => {
      const { mode, uid, gid, rdev } = statSync(node);
      return { mode, uid, gid, rdev };
    }),
    sentinel: readFileSync(sentinel, "utf8"),
    loopback: readFileSync("/sys/class/net/lo/flags", "utf8"),
  };
}

/** The cgroup that bounds the processes of an executor, by the name of its folder. */
function pidsGroupOf(name: string): string | undefined {
  const args = ["/sys/fs/cgroup", "-maxdepth", "6", "-name", `oci-build-${name}`];
  const { stdout } = spawnSync("find", args, { encoding: "utf8" });
  return stdout.split("\n").find((folder) => folder !== "" && existsSync(path.join(folder, "pids.max")));
}

/** The major and minor number of the device that the sources of this test lie on. */
function diskNumbers(): string {
  const { dev } = statSync(import.meta.dirname);
  return `${(dev >> 8) & 0xfff} ${(dev & 0xff) | ((dev >> 12) & 0xfff00)}`;
}

function climber(): Buffer {
  const text = readFileSync(path.join(import.meta.dirname, "../fixtures/hostile/hostile.x64.b64"), "utf8");
  return Buffer.from(text, "base64");
}
