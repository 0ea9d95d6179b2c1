import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import type { BuildFlags } from "./build-flags.js";
import { mergeFlags } from "./flag-options.js";
import { parseArguments } from "./parse-arguments.js";
import { plainRequest } from "./plain-request.js";
import { runFlags } from "./run-flags.js";

const process = {
  stdout: new PassThrough().resume(),
  stderr: new PassThrough().resume(),
  stdin: new PassThrough(),
  env: {},
  on: () => undefined,
  off: () => undefined,
};

const env = { TOKEN: "s3cr3t" };

const refusal = (flags: BuildFlags): unknown => {
  try {
    return runFlags(flags, env);
  } catch (error) {
    return error;
  }
};

describe("runFlags", () => {
  it.each([
    ["id=npm,src=.npmrc", { npm: { file: ".npmrc" } }],
    ["id=npm,source=.npmrc,type=file", { npm: { file: ".npmrc" } }],
    ["ID=npm,SRC=.npmrc", { npm: { file: ".npmrc" } }],
    ["id=npm,env=TOKEN", { npm: { env: "TOKEN" } }],
    ["id=npm,src=TOKEN,type=env", { npm: { env: "TOKEN" } }],
    ["type=env,id=TOKEN", { TOKEN: { env: "TOKEN" } }],
    ["id=TOKEN", { TOKEN: { env: "TOKEN" } }],
    ["id=TOKEN,type=file", { TOKEN: { file: "TOKEN" } }],
    ["id=OTHER", { OTHER: { file: "OTHER" } }],
    ['id=a,"src=b,c"', { a: { file: "b,c" } }],
  ])("reads the secret %s", (text, secrets) => {
    expect(runFlags({ secret: [text] }, env).secrets).toEqual(secrets);
  });

  it("takes the last of two secrets with one id", () => {
    expect(runFlags({ secret: ["id=a,src=1", "id=a,src=2"] }, env).secrets).toEqual({ a: { file: "2" } });
  });

  it.each([
    ["default", { default: [""] }],
    ["git=/run/agent.sock", { git: ["/run/agent.sock"] }],
    ["git=id_rsa,id_ed25519", { git: ["id_rsa", "id_ed25519"] }],
  ])("reads the agent %s", (text, ssh) => {
    expect(runFlags({ ssh: [text] }, env).ssh).toEqual(ssh);
  });

  it.each([
    ["db:10.0.0.7", { name: "db", address: "10.0.0.7" }],
    ["db=10.0.0.7", { name: "db", address: "10.0.0.7" }],
    ["db:::1", { name: "db", address: "::1" }],
    ["db=[::1]", { name: "db", address: "::1" }],
    ["me=host-gateway", { name: "me", address: "host-gateway" }],
  ])("reads the host %s", (text, host) => {
    expect(runFlags({ addHost: [text] }, env).addHosts).toEqual([host]);
  });

  it("reads limits, sizes, permissions and timeouts", () => {
    const flags = {
      ulimit: ["nofile=1024", "nproc=10:-1"],
      shmSize: "256m",
      allow: ["network.host,security.insecure"],
      runTimeout: "1m30s",
    };
    expect(runFlags(flags, env)).toMatchObject({
      ulimits: [
        { name: "nofile", soft: 1024, hard: undefined },
        { name: "nproc", soft: 10, hard: -1 },
      ],
      shmSize: 256 * 1024 * 1024,
      allow: ["network.host", "security.insecure"],
      runTimeoutMs: 90_000,
    });
  });

  it.each<[BuildFlags]>([
    [{ secret: ["src=a"] }],
    [{ secret: ["id=a,type=vault"] }],
    [{ secret: ["id=a,src=b,env=C"] }],
    [{ ssh: ["=a"] }],
    [{ ssh: ["a=b", "a=c"] }],
    [{ allow: ["device"] }],
    [{ network: "bridge" }],
    [{ addHost: ["db"] }],
    [{ shmSize: "many" }],
    [{ ulimit: ["nofile"] }],
    [{ ulimit: ["nofile=1:2:3"] }],
    [{ executor: "docker" }],
    [{ runTimeout: "soon" }],
  ])("refuses %j", (flags) => {
    expect(refusal(flags)).toMatchObject({ code: "OPTION_INVALID", exitCode: 2 });
  });

  it("tells no value that stands where only names may stand", () => {
    for (const secret of ["id=a,s3cr3t", "id=a,value=s3cr3t"]) {
      expect(JSON.stringify(refusal({ secret: [secret] }))).not.toContain("s3cr3t");
    }
  });
});

describe("the flags of RUN", () => {
  it("are read the same way from plain command lines", () => {
    const args = [
      ...["--secret", "id=a,src=b", "--ssh=default", "--allow", "network.host", "--network=none"],
      ...["--add-host", "a=1.2.3.4", "--shm-size=1g", "--ulimit", "nofile=1", "--executor", "util-linux"],
      ...["--run-timeout=1m", "--debug-shell", "."],
    ];
    expect(plainRequest(args)).toEqual(parseArguments(args, process));
    expect(plainRequest(args)).toBeDefined();
  });

  it("add hosts and limits to those of the file, and take the place of the rest", () => {
    const defaults = { addHost: ["a=1.2.3.4"], ulimit: ["nofile=1"], network: "none" };
    expect(mergeFlags(defaults, { addHost: ["b=::1"], ulimit: ["nofile=2"], network: "host" })).toMatchObject(
      {
        addHost: ["a=1.2.3.4", "b=::1"],
        ulimit: ["nofile=1", "nofile=2"],
        network: "host",
      },
    );
  });
});
