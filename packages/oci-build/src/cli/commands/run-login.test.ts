import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { describe, expect, it, onTestFinished } from "vitest";
import type { CliProcess } from "../terminal.js";
import { runLogin } from "./run-login.js";
import { runLogout } from "./run-logout.js";

const GOOD = "Basic bWU6cGFzc3dvcmQ=";

/** A registry on loopback that lets `me` in with `password`. */
async function startRegistry(): Promise<string> {
  const server = http.createServer((request, response) => {
    if (request.headers.authorization === GOOD) response.end();
    else response.writeHead(401, { "www-authenticate": 'Basic realm="r"' }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

interface Ended {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Commands that keep their logins in a folder of the test. */
function commands(): {
  readonly file: string;
  login(args: readonly string[], stdin?: string): Promise<Ended>;
  logout(args: readonly string[]): Promise<Ended>;
} {
  const folder = mkdtempSync(join(tmpdir(), "oci-build-login-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const env = { DOCKER_CONFIG: folder, XDG_CONFIG_HOME: folder, XDG_RUNTIME_DIR: folder };
  const run = async (command: typeof runLogin, args: readonly string[], stdin: string): Promise<Ended> => {
    const [stdout, stderr] = [new PassThrough(), new PassThrough()];
    const process: CliProcess = {
      stdout,
      stderr,
      stdin: Readable.from([Buffer.from(stdin)]),
      env,
      on: () => undefined,
      off: () => undefined,
    };
    const exitCode = await command(args, process);
    const textOf = (stream: PassThrough): string => String(stream.read() ?? "");
    return { exitCode, stdout: textOf(stdout), stderr: textOf(stderr) };
  };
  return {
    file: join(folder, "config.json"),
    login: (args, stdin = "password\n") => run(runLogin, args, stdin),
    logout: (args) => run(runLogout, args, ""),
  };
}

const STDIN = ["-u", "me", "--password-stdin"] as const;

describe("oci-build login", () => {
  it.each(["password", "password\n", "password\r\n"])("tries and keeps %j", async (stdin) => {
    const registry = await startRegistry();
    const { login, file } = commands();
    const ended = await login([...STDIN, registry], stdin);
    expect(ended).toMatchObject({ exitCode: 0, stdout: "Login Succeeded\n" });
    expect(ended.stderr).toBe(`warning: the password is kept in ${file}, private to you but not encrypted\n`);
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual({
      auths: { [registry]: { auth: GOOD.replace("Basic ", "") } },
    });
  });

  it("keeps nothing that the registry refuses", async () => {
    const registry = await startRegistry();
    const { login, file } = commands();
    writeFileSync(file, "{}");
    const ended = await login([...STDIN, registry], "wrong-password");
    expect(ended).toMatchObject({ exitCode: 1, stdout: "" });
    expect(ended.stderr).toContain("[REGISTRY_UNAUTHORIZED]");
    expect(ended.stderr).not.toContain("wrong-password");
    expect(readFileSync(file, "utf8")).toBe("{}");
  });

  it.each<[string, readonly string[], string, string]>([
    ["a password on the command line", ["-u", "me", "-p", "s3cret", "r.example"], "", "--password: "],
    ["no password", ["-u", "me", "r.example"], "", "--password-stdin: missing"],
    ["nobody", ["--password-stdin", "r.example"], "password", "--username: missing"],
    ["a name with a colon", ["-u", "a:b", "--password-stdin", "r.example"], "password", "--username: "],
    ["an empty password", [...STDIN, "r.example"], "\n", "it is empty"],
    ["two lines", [...STDIN, "r.example"], "s3cret\ns3cret\n", "it has more than one line"],
    ["a password beyond all measure", [...STDIN, "r.example"], "x".repeat(65_537), "more than 65536 bytes"],
    ["an image", [...STDIN, "r.example/app"], "password", "r.example/app: not the name of a registry"],
    ["a word", [...STDIN, "registry"], "password", "registry: not the name of a registry"],
  ])("refuses %s as wrong usage", async (_, args, stdin, told) => {
    const { exitCode, stdout, stderr } = await commands().login(args, stdin);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(stderr).toContain(told);
    expect(stderr).toContain("[OPTION_INVALID]");
    expect(stderr).not.toContain("s3cret");
  });

  it("says how a password gets to it when none comes", async () => {
    const { stderr } = await commands().login([...STDIN, "r.example"], "");
    expect(stderr).toContain('hint: Pipe it in: printf %s "$TOKEN" | oci-build login -u USER');
  });

  it("ends with 3 when the registry is not there", async () => {
    const { exitCode, stderr } = await commands().login([...STDIN, "127.0.0.1:1"]);
    expect(exitCode).toBe(3);
    expect(stderr).toContain("[REGISTRY_UNREACHABLE]");
    expect(stderr).toContain("hint: Look at the host and the port of 127.0.0.1:1, and whether it runs.");
  });

  it("has help, which does not offer a password on the command line", async () => {
    const { exitCode, stdout } = await commands().login(["--help"]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain("--password-stdin");
    expect(stdout).not.toContain("-p,");
  });
});

describe("oci-build logout", () => {
  it("forgets a login, and says when there is none", async () => {
    const registry = await startRegistry();
    const { login, logout, file } = commands();
    await login([...STDIN, registry]);
    expect(await logout([`http://${registry}/`])).toEqual({
      exitCode: 0,
      stdout: `Removed the login for ${registry}\n`,
      stderr: "",
    });
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual({ auths: {} });
    expect(await logout([registry])).toMatchObject({ exitCode: 0, stdout: `Not logged in to ${registry}\n` });
  });

  it("is about Docker Hub where no registry is named", async () => {
    const { logout, file } = commands();
    writeFileSync(file, '{"auths":{"https://index.docker.io/v1/":{"auth":"bWU6cGFzc3dvcmQ="}}}');
    expect((await logout([])).stdout).toBe("Removed the login for docker.io\n");
  });
});
