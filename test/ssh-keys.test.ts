import { type ChildProcess, execFile, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import fs, { existsSync } from "node:fs";
import { createServer } from "node:net";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import {
  childCommand,
  type HostVariant,
  variantProblem,
} from "../packages/executor/test/support/host-variants.js";
import { type KeyFiles, keygenKinds, makeKey } from "../packages/oci-build/test/support/ssh-keygen.js";
import { temporaryFolder, writeFiles } from "./support/build-folder.js";
import { toolObstacle, unlessObstacle } from "./support/registry/obstacle.js";
import { runBaseLayout } from "./support/run/run-base.js";
import { type CommandResult, runOciBuild } from "./support/run-command.js";
import { runTool } from "./support/tools.js";

const programs = ["ssh", "ssh-add", "ssh-keygen"];
const sshd = "/usr/sbin/sshd";
const command = fileURLToPath(new URL("../packages/oci-build/bin/oci-build.js", import.meta.url));
const run = promisify(execFile);

const obstacle =
  process.platform === "linux" && existsSync("/bin/busybox")
    ? toolObstacle(...programs, "ldd")
    : "needs Linux and busybox";

/** Puts OpenSSH's programs of this host below a folder, with the libraries that they load. */
function copyPrograms(root: string): void {
  const found = programs.map((name) => runTool("sh", ["-c", `command -v ${name}`]).trim());
  const lines = found.flatMap((file) => runTool("ldd", [file]).split("\n"));
  const libraries = lines.flatMap((line) => /(\/\S+) \(0x/.exec(line)?.[1] ?? []);
  const places = found.map((file) => [file, `/usr/bin/${path.basename(file)}`] as const);
  for (const [from, to] of [...places, ...new Set(libraries)].map((one) =>
    typeof one === "string" ? ([one, one] as const) : one,
  )) {
    fs.mkdirSync(path.join(root, path.dirname(to)), { recursive: true });
    fs.copyFileSync(fs.realpathSync(from), path.join(root, to));
  }
}

describe.skipIf(obstacle)(unlessObstacle("--ssh with files of keys", obstacle), () => {
  let folder: string;
  let place: string;
  let keys: readonly KeyFiles[];
  let count = 0;

  beforeAll(() => {
    folder = temporaryFolder();
    fs.chmodSync(folder, 0o755);
    const layout = runBaseLayout().replace(/^oci:/, "");
    place = `base=oci-layout://${layout}`;
    // For other users than root, too.
    fs.chmodSync(path.dirname(layout), 0o755);
    copyPrograms(path.join(folder, "programs"));
    keys = Object.values(keygenKinds).map((args) => makeKey(folder, args));
  });

  function contextOf(lines: readonly string[]): string {
    count += 1;
    const context = path.join(folder, `context${count}`);
    writeFiles(context, { Dockerfile: ["FROM base", "COPY --from=programs . /", ...lines, ""].join("\n") });
    return context;
  }

  function argsOf(lines: readonly string[], flags: readonly string[]): readonly string[] {
    const contexts = [place, `programs=${path.join(folder, "programs")}`].flatMap((text) => [
      "--build-context",
      text,
    ]);
    return [
      "build",
      ...contexts,
      "-o",
      "type=image,name=x",
      "--progress",
      "plain",
      ...flags,
      contextOf(lines),
    ];
  }

  function build(lines: readonly string[], ...flags: readonly string[]): Promise<CommandResult> {
    const env = { OCI_BUILD_CACHE_DIR: path.join(folder, "cache"), SSH_AUTH_SOCK: undefined };
    return runOciBuild(argsOf(lines, flags), { cwd: folder, env });
  }

  function written({ exitCode, stderr }: CommandResult): readonly string[] {
    expect({ exitCode, stderr: exitCode === 0 ? "" : stderr }).toEqual({ exitCode: 0, stderr: "" });
    return stderr.split("\n").flatMap((line) => /^#\d+ \d+\.\d{3} (.*)$/.exec(line)?.[1] ?? []);
  }

  const files = (): string => keys.map(({ file }) => file).join(",");

  it.for(["util-linux", "crun", "runc"])(
    "gives a command of %s keys of every kind, in their order, and no way to change what is there",
    async (executor, { skip }) => {
      const missing = executor === "util-linux" ? undefined : toolObstacle(executor);
      skip(missing !== undefined, missing);
      const changes = ["ssh-add -D", "ssh-add -x </dev/null", "ssh-add -s /usr/bin/ssh </dev/null"];
      const lines = [
        `RUN --mount=type=ssh ssh-add -L ${changes.map((change) => `&& ! ${change}`).join(" ")} && ssh-add -L # ${executor}`,
      ];
      const listed = keys.map(({ publicLine }) => publicLine);
      const output = written(await build(lines, "--executor", executor, "--ssh", `default=${files()}`));
      expect(output.filter((line) => line.endsWith(" a comment"))).toEqual([...listed, ...listed]);
    },
  );

  it("signs with each of them what ssh-keygen verifies, in the command and outside", async () => {
    const each = keys.map(({ publicLine }, index) =>
      [
        `echo '${publicLine}' > /k${index}.pub && echo "me ${publicLine}" > /allowed && echo text > /t`,
        `ssh-keygen -q -Y sign -n test -f /k${index}.pub /t && cat /t.sig`,
        "ssh-keygen -Y verify -n test -I me -f /allowed -s /t.sig < /t && rm /t.sig",
      ].join(" && "),
    );
    const lines = [`RUN --mount=type=ssh ${each.join(" && ")}`];
    const output = written(await build(lines, "--ssh", `default=${files()}`));
    expect(output.filter((line) => line.startsWith('Good "test" signature'))).toHaveLength(keys.length);
    const signature = output.slice(
      output.indexOf("-----BEGIN SSH SIGNATURE-----"),
      output.indexOf("-----END SSH SIGNATURE-----") + 1,
    );
    const at = (name: string): string => path.join(folder, name);
    writeFiles(folder, { allowed: `me ${keys[0]?.publicLine}\n`, sig: `${signature.join("\n")}\n` });
    const args = ["-Y", "verify", "-n", "test", "-I", "me", "-f", at("allowed"), "-s", at("sig")];
    expect(execFileSync("ssh-keygen", args, { input: "text\n", encoding: "utf8" })).toContain("Good");
  });

  it("keeps agents of several names apart, beside each other and a pipe", async () => {
    const [first, second] = keys;
    const pipe = path.join(folder, "pipe");
    execFileSync("mkfifo", [pipe]);
    const writing = run("sh", ["-c", `cat ${second?.file} > ${pipe}`]);
    const lines = [
      "RUN --mount=type=ssh --mount=type=ssh,id=two,target=/two ssh-add -L; SSH_AUTH_SOCK=/two ssh-add -L",
    ];
    const flags = ["--ssh", `default=${first?.file}`, "--ssh", `two=${pipe}`];
    expect(written(await build(lines, ...flags))).toEqual([first?.publicLine, second?.publicLine]);
    await writing;
  });

  it("lets the user have it to whom the mount gives it", async () => {
    const lines = [
      "USER app",
      "RUN --mount=type=ssh ssh-add -L 2>&1 || true",
      "RUN --mount=type=ssh,uid=1000 ssh-add -L",
    ];
    const output = written(await build(lines, "--ssh", `default=${keys[0]?.file}`));
    expect(output).toEqual([expect.stringContaining("Permission denied"), keys[0]?.publicLine]);
  });

  it("leaves nothing of a key in the store, and no socket", async () => {
    const key = keys[0] as KeyFiles;
    const tmp = path.join(folder, "tmp");
    fs.mkdirSync(tmp);
    const store = path.join(folder, "store");
    const lines = ["RUN --mount=type=ssh ssh-add -L > /listed; env > /env; find / -xdev > /names"];
    const flags = ["--ssh", `default=${key.file}`, "--compression", "uncompressed", "--progress", "rawjson"];
    const env = { OCI_BUILD_CACHE_DIR: store, TMPDIR: tmp };
    const { exitCode, stdout, stderr } = await runOciBuild(argsOf(lines, flags), { cwd: folder, env });
    expect({ exitCode, left: fs.readdirSync(tmp) }).toEqual({ exitCode: 0, left: [] });
    const kept = [...filesBelow(store).map((file) => fs.readFileSync(file)), Buffer.from(stdout + stderr)];
    const has = (part: string | Buffer): boolean => kept.some((bytes) => bytes.includes(part));
    // What the command got from the agent is found, as is what it wrote.
    expect(has(key.publicLine)).toBe(true);
    expect(has("SSH_AUTH_SOCK=/run/buildkit/ssh_agent.0")).toBe(true);
    const secrets = [secretOf(key), ...key.bytes.toString().split("\n").slice(3, 5)];
    expect(secrets.map((part) => [part.length, has(part)])).toEqual([
      [32, false],
      [70, false],
      [70, false],
    ]);
  });

  it("does not run a step again for another key", async () => {
    const lines = ["RUN --mount=type=ssh ssh-add -L # once"];
    expect(written(await build(lines, "--ssh", `default=${keys[0]?.file}`))).toHaveLength(1);
    expect(written(await build(lines, "--ssh", `default=${keys[1]?.file}`))).toEqual([]);
  });

  it("refuses what is no key before anything is built", async () => {
    const encrypted = makeKey(folder, ["-t", "ed25519"], "a passphrase").file;
    for (const [given, code, exitCode, said] of [
      [encrypted, "RUN_SSH_KEY_UNUSABLE", 1, "the key is encrypted"],
      [`${encrypted}.pub`, "RUN_SSH_KEY_UNUSABLE", 1, "it holds a public key"],
      [command, "RUN_SSH_KEY_UNUSABLE", 1, "it holds no private key"],
      [`${encrypted}.missing`, "OPTION_INVALID", 2, "there is no such socket or file"],
    ] as const) {
      const result = await build(["RUN never"], "--ssh", `default=${given}`);
      expect(result).toMatchObject({ exitCode, stderr: expect.stringContaining(code) });
      expect(result.stderr).toContain(said);
      expect(result.stderr).not.toContain("RUN never");
    }
  });

  it.for<HostVariant>(["user with subordinate ids", "user without subordinate ids"])(
    "works for a %s",
    async (user, { skip }) => {
      const problem = variantProblem(user);
      skip(problem !== undefined, problem);
      const home = fs.mkdtempSync(path.join(folder, "home-"));
      const key = path.join(home, "id");
      fs.copyFileSync(keys[0]?.file ?? "", key);
      fs.chmodSync(key, 0o644);
      const args = argsOf(["RUN --mount=type=ssh ssh-add -L"], ["--ssh", `default=${key}`]);
      const [program, ...rest] = childCommand(user, { child: command, folder: home, args });
      const env = { ...process.env, HOME: home, OCI_BUILD_CACHE_DIR: path.join(home, "cache"), CI: "1" };
      const { stderr } = await run(program, rest, { env });
      expect(stderr).toContain(keys[0]?.publicLine);
    },
  );

  it("logs in at a server as ssh does", async ({ skip }) => {
    skip(!existsSync(sshd), "needs sshd (openssh-server), not installed here");
    const server = await startServer(folder, keys);
    const options = "-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR";
    const login = `ssh ${options} -p ${server.port} ${os.userInfo().username}@127.0.0.1 anything`;
    const agents = [...keys, makeKey(folder, ["-t", "ed25519"])].map(({ file }, index) => ({ file, index }));
    const mounts = agents.map(({ index }) => `--mount=type=ssh,id=k${index},target=/k${index}`);
    const each = agents.map(({ index }) => `SSH_AUTH_SOCK=/k${index} ${login} 2>&1 || echo refused`);
    const flags = agents.flatMap(({ file, index }) => ["--ssh", `k${index}=${file}`]);
    const lines = [`RUN --network=host ${mounts.join(" ")} ${each.join("; ")}`];
    const output = written(await build(lines, "--allow", "network.host", ...flags));
    const refused = [expect.stringContaining("Permission denied"), "refused"];
    expect(output).toEqual([...keys.map(() => "welcome"), ...refused]);
  });
});

/** The secret number of an Ed25519 key, which stands before the public one's last copy. */
function secretOf({ bytes, publicLine }: KeyFiles): Buffer {
  const lines = bytes.toString().trim().split("\n");
  const body = Buffer.from(lines.slice(1, -1).join(""), "base64");
  const end = body.lastIndexOf(Buffer.from(publicLine.split(" ")[1] ?? "", "base64").subarray(-32));
  return body.subarray(end - 32, end);
}

function filesBelow(top: string): readonly string[] {
  const entries = fs.readdirSync(top, { withFileTypes: true, recursive: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
}

/** A server on loopback that lets in who has one of some keys, and greets. */
async function startServer(folder: string, keys: readonly KeyFiles[]): Promise<{ readonly port: number }> {
  const at = (name: string): string => path.join(folder, name);
  const port = await freePort();
  const host = makeKey(folder, ["-t", "ed25519"]).file;
  const config = [
    ...["ListenAddress 127.0.0.1", `Port ${port}`, `HostKey ${host}`, "UsePAM no", "StrictModes no"],
    ...["PermitRootLogin prohibit-password", "PasswordAuthentication no", `PidFile ${at("sshd.pid")}`],
    ...[`AuthorizedKeysFile ${at("authorized")}`, "ForceCommand echo welcome"],
  ];
  const authorized = keys.map(({ publicLine }) => publicLine);
  writeFiles(folder, { "sshd.conf": `${config.join("\n")}\n`, authorized: `${authorized.join("\n")}\n` });
  // Debian makes it when the service starts.
  if (process.getuid?.() === 0) fs.mkdirSync("/run/sshd", { recursive: true, mode: 0o755 });
  const server = spawn(sshd, ["-D", "-e", "-f", at("sshd.conf")], { stdio: ["ignore", "ignore", "pipe"] });
  onTestFinished(() => void server.kill());
  await listening(server);
  return { port };
}

async function listening(server: ChildProcess): Promise<void> {
  let said = "";
  for await (const bytes of server.stderr ?? []) {
    said += bytes;
    if (said.includes("Server listening")) return;
  }
  throw new Error(`sshd did not start: ${said}`);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  return typeof address === "object" && address !== null ? address.port : 0;
}
