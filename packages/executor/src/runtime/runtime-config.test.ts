import { describe, expect, it } from "vitest";
import { capabilityNames } from "./capability-names.js";
import { sandboxCapabilities } from "./docker-defaults.js";
import { encodeRuntimeConfig } from "./encode-runtime-config.js";
import { type RuntimeConfigOptions, runtimeConfig } from "./runtime-config.js";

const options: RuntimeConfigOptions = {
  rootFolder: "/run/root",
  args: ["/bin/sh", "-c", "true"],
  env: new Map([
    ["A", "1"],
    ["with.dot", "two\nlines"],
  ]),
  cwd: "/srv",
  user: { uid: 0, gid: 0, groups: [0] },
  hostname: "host",
  mounts: [],
  ulimits: [],
  security: "sandbox",
  allCapabilities: capabilityNames("f".repeat(16)),
  terminal: "none",
  arch: "x64",
};

describe("runtimeConfig", () => {
  it("gives root Docker's capabilities and nothing to inherit", () => {
    expect(runtimeConfig(options).process.capabilities).toEqual({
      bounding: sandboxCapabilities,
      effective: sandboxCapabilities,
      permitted: sandboxCapabilities,
      inheritable: [],
      ambient: [],
    });
  });

  it("gives other users none, but lets programs of root have them", () => {
    const { capabilities } = runtimeConfig({ ...options, user: { uid: 7, gid: 7, groups: [] } }).process;
    expect(capabilities).toMatchObject({ bounding: sandboxCapabilities, effective: [], permitted: [] });
  });

  it("asks for no capability that is not to be had", () => {
    const config = runtimeConfig({ ...options, allCapabilities: ["CAP_CHOWN", "CAP_SYS_ADMIN"] });
    expect(config.process.capabilities.bounding).toEqual(["CAP_CHOWN"]);
  });

  it("gives an insecure command all there is, without filter or hidden paths", () => {
    const config = runtimeConfig({ ...options, security: "insecure" });
    expect(config.process.capabilities.effective).toEqual(options.allCapabilities);
    expect(config.linux).toMatchObject({ maskedPaths: [], readonlyPaths: [] });
    expect(config.linux.seccomp).toBeUndefined();
  });

  it("lets set-user-id programs be what they are", () => {
    expect(runtimeConfig(options).process.noNewPrivileges).toBe(false);
  });

  it("has names of variables that no shell would take", () => {
    expect(runtimeConfig(options).process.env).toEqual(["A=1", "with.dot=two\nlines"]);
  });
});

describe("encodeRuntimeConfig", () => {
  const textOf = (config: RuntimeConfigOptions): string =>
    Buffer.from(encodeRuntimeConfig(runtimeConfig(config))).toString("utf8");

  it("writes no limit as the largest number, which doubles cannot hold", () => {
    const text = textOf({ ...options, ulimits: [{ name: "nofile", soft: 1024, hard: -1 }] });
    expect(text).toContain('"rlimits":[{"type":"RLIMIT_NOFILE","soft":1024,"hard":18446744073709551615}]');
  });

  it("leaves values alone that look like what it writes for no limit", () => {
    const env = new Map([["X", '{"rlimit":"infinity"}']]);
    expect(JSON.parse(textOf({ ...options, env }))).toMatchObject({
      process: { env: ['X={"rlimit":"infinity"}'] },
    });
  });
});

describe("capabilityNames", () => {
  it("reads the bits of /proc", () => {
    expect([...capabilityNames("00000000a80425fb")].sort()).toEqual([...sandboxCapabilities].sort());
    expect(capabilityNames("0")).toEqual([]);
    expect(capabilityNames("10000000000")).toEqual(["CAP_CHECKPOINT_RESTORE"]);
  });
});
