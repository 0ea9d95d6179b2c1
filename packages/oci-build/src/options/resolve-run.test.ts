import fs from "node:fs";
import { createServer } from "node:net";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { secretReader } from "./read-secret.js";
import { resolveRun } from "./resolve-run.js";
import type { RunOptions } from "./run-options.js";

let folder: string;

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "oci-build-run-"));
});

afterEach(() => {
  fs.rmSync(folder, { recursive: true });
});

/** A socket on which somebody listens until the test has ended. */
async function listening(): Promise<string> {
  const socket = path.join(folder, "agent");
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  onTestFinished(() => void server.close());
  return socket;
}

const refusal = (options: RunOptions): unknown => {
  try {
    return resolveRun(options, {});
  } catch (error) {
    return error;
  }
};

describe("resolveRun", () => {
  it("asks for nothing where nothing is given", () => {
    expect(resolveRun({}, {})).toEqual({
      secrets: new Map(),
      ssh: new Map(),
      allow: new Set(),
      network: "default",
      hosts: [],
      shmSizeBytes: undefined,
      ulimits: [],
      executor: "auto",
      timeoutMs: undefined,
      onFailedStep: undefined,
    });
  });

  it("allows RUN the host's network when it is its own", () => {
    expect(resolveRun({ network: "host" }, {}).allow).toEqual(new Set(["network.host"]));
    expect(resolveRun({ allow: ["security.insecure"] }, {}).allow).toEqual(new Set(["security.insecure"]));
  });

  it("host-gateway is 127.0.0.1, since RUN is on the host's network", () => {
    const addHosts = [
      { name: "db", address: "10.0.0.7" },
      { name: "db", address: "fe80::1" },
      { name: "me.example", address: "host-gateway" },
    ];
    expect(resolveRun({ addHosts }, {}).hosts).toEqual([
      { name: "db", address: "10.0.0.7" },
      { name: "db", address: "fe80::1" },
      { name: "me.example", address: "127.0.0.1" },
    ]);
  });

  it("sorts limits by their names, of each the last, with the soft one as the hard one", () => {
    const ulimits = [
      { name: "nproc", soft: 5, hard: -1 },
      { name: "nofile", soft: 1 },
      { name: "nofile", soft: 1024 },
    ];
    expect(resolveRun({ ulimits }, {}).ulimits).toEqual([
      { name: "nofile", soft: 1024, hard: 1024 },
      { name: "nproc", soft: 5, hard: -1 },
    ]);
  });

  it.each<[string, RunOptions]>([
    ["a name with a line break", { addHosts: [{ name: "a\n1.2.3.4 b", address: "1.2.3.4" }] }],
    ["a name that begins a comment", { addHosts: [{ name: "#a", address: "1.2.3.4" }] }],
    ["an address that is none", { addHosts: [{ name: "a", address: "1.2.3.256" }] }],
    ["an address with more behind it", { addHosts: [{ name: "a", address: "1.2.3.4 b" }] }],
    ["an address with brackets", { addHosts: [{ name: "a", address: "[::1]" }] }],
    ["an unknown limit", { ulimits: [{ name: "files", soft: 1 }] }],
    ["a soft limit above the hard one", { ulimits: [{ name: "nofile", soft: 2, hard: 1 }] }],
    ["no soft limit under a hard one", { ulimits: [{ name: "nofile", soft: -1, hard: 1 }] }],
    ["a limit with a fraction", { ulimits: [{ name: "nofile", soft: 1.5 }] }],
    ["a size of nothing", { shmSize: 0 }],
    ["a timeout that a timer cannot hold", { runTimeoutMs: 2 ** 31 }],
    ["an agent where there is none", { ssh: { default: "" } }],
    ["a secret without an id", { secrets: { "": { env: "A" } } }],
  ])("refuses %s", (_, options) => {
    expect(refusal(options)).toMatchObject({ code: "OPTION_INVALID", exitCode: 2 });
  });

  it("refuses a secret whose file is not there, or is a folder", () => {
    for (const file of [path.join(folder, "none"), folder]) {
      expect(refusal({ secrets: { token: { file } } })).toMatchObject({ code: "BUILD_FILE_UNREADABLE" });
    }
  });

  it("takes an agent's socket, of the environment where nothing is given", async () => {
    const socket = await listening();
    const agent = { kind: "socket", path: socket };
    expect(resolveRun({ ssh: { git: socket } }, {}).ssh).toEqual(new Map([["git", agent]]));
    const env = { SSH_AUTH_SOCK: socket };
    for (const given of ["", [], [""]]) {
      expect(resolveRun({ ssh: { default: given } }, env).ssh).toEqual(new Map([["default", agent]]));
    }
  });

  it("takes files of keys, one or several, and reads none", () => {
    const keys = ["id_rsa", "id_ed25519"].map((name) => path.join(folder, name));
    for (const key of keys) fs.writeFileSync(key, "no key");
    const { ssh } = resolveRun({ ssh: { one: path.relative(".", keys[0] ?? ""), two: keys } }, {});
    expect(ssh).toEqual(
      new Map([
        ["one", { kind: "keys", paths: keys.slice(0, 1) }],
        ["two", { kind: "keys", paths: keys }],
      ]),
    );
  });

  it("refuses keys that are not there, folders, and a socket beside something else", async () => {
    const socket = await listening();
    const key = path.join(folder, "key");
    fs.writeFileSync(key, "");
    const missing = path.join(folder, "missing");
    for (const [given, problem] of [
      [missing, `${missing}: there is no such socket or file`],
      [[key, missing], `${missing}: there is no such socket or file`],
      [[key, ""], "there is no such socket or file"],
      [folder, `${folder}: that is a folder`],
      [[key, socket], `${socket} is a socket, beside which nothing else can be given`],
      [[socket, socket], `${socket} is a socket, beside which nothing else can be given`],
    ] as const) {
      expect(refusal({ ssh: { default: given } })).toMatchObject({
        code: "OPTION_INVALID",
        message: expect.stringContaining(problem),
      });
    }
  });

  it("tells of a name that it may not look at, as of a file that it may not read", () => {
    const file = path.join(folder, "x".repeat(300));
    for (const options of [{ ssh: { default: file } }, { secrets: { a: { file } } }]) {
      expect(refusal(options)).toMatchObject({
        code: "BUILD_FILE_UNREADABLE",
        message: `cannot read ${file}: the name is too long`,
      });
    }
  });
});

describe("secretReader", () => {
  const readerOf = (secrets: NonNullable<RunOptions["secrets"]>, env = {}): ReturnType<typeof secretReader> =>
    secretReader(resolveRun({ secrets }, {}).secrets, { env, signal: undefined });

  it("reads a file once, and only when it is asked for", async () => {
    const file = path.join(folder, "token");
    fs.writeFileSync(file, "first");
    const read = readerOf({ token: { file } });
    fs.writeFileSync(file, "second");
    expect(Buffer.from((await read("token")) ?? []).toString()).toBe("second");
    fs.rmSync(file);
    expect(Buffer.from((await read("token")) ?? []).toString()).toBe("second");
    expect(await read("other")).toBeUndefined();
  });

  it("a variable that is not set is no empty secret, so that a mount that requires it fails", async () => {
    const read = readerOf({ a: { env: "A" }, b: { env: "B" } }, { A: "" });
    expect(await read("a")).toEqual(new Uint8Array());
    expect(await read("b")).toBeUndefined();
  });

  it("refuses a secret of more than 500 KiB", async () => {
    const file = path.join(folder, "large");
    fs.writeFileSync(file, Buffer.alloc(500 * 1024 + 1));
    await expect(readerOf({ large: { file } })("large")).rejects.toThrowError(
      expect.objectContaining({ code: "OPTION_INVALID", message: expect.stringContaining("512000") }),
    );
    fs.truncateSync(file, 500 * 1024);
    expect(await readerOf({ large: { file } })("large")).toHaveLength(500 * 1024);
  });
});
