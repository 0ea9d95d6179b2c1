import fs from "node:fs";
import path from "node:path";
import { inspect } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { temporaryFolder, writeFiles } from "../../../../test/support/build-folder.js";
import { fakeHelper } from "../../test/support/fake-helper.js";
import { dockerCredentials } from "./docker-credentials.js";
import { removeLogin } from "./remove-login.js";
import { saveLogin } from "./save-login.js";

const CONFIG = ".docker/config.json";
const login = { registry: "r.example", username: "me", password: "password" } as const;
const AUTH = "bWU6cGFzc3dvcmQ=";

function homeOf(config?: object | string, env: Readonly<Record<string, string>> = {}) {
  const home = temporaryFolder();
  if (config !== undefined) {
    writeFiles(home, { [CONFIG]: typeof config === "string" ? config : JSON.stringify(config) });
  }
  const file = path.join(home, CONFIG);
  const options = { home, env: { XDG_RUNTIME_DIR: path.join(home, "run"), ...env } };
  return { home, file, options, read: (): unknown => JSON.parse(fs.readFileSync(file, "utf8")) };
}

describe("saveLogin", () => {
  it("makes the file, private to the user", async () => {
    const { file, options, read } = homeOf();
    expect(await saveLogin(login, options)).toEqual({ kept: "file", where: file });
    expect(read()).toEqual({ auths: { "r.example": { auth: AUTH } } });
    if (process.platform !== "win32") {
      expect(fs.statSync(file).mode & 0o777).toBe(0o600);
      expect(fs.statSync(path.dirname(file)).mode & 0o777).toBe(0o700);
    }
    expect(fs.readdirSync(path.dirname(file))).toEqual(["config.json"]);
    expect(await dockerCredentials(options).find("r.example")).toMatchObject({ username: "me" });
  });

  it("keeps any name and password so that they are found again", async () => {
    const { options } = homeOf();
    const text = fc
      .string({ unit: "binary", minLength: 1 })
      .filter((one) => Buffer.from(one).toString() === one);
    const property = fc.asyncProperty(
      text.filter((name) => !/[:\0]/.test(name)),
      text.filter((password) => !password.endsWith("\0")),
      async (username, password) => {
        await saveLogin({ registry: "r.example", username, password }, options);
        const found = await dockerCredentials(options).find("r.example");
        expect(found).toEqual({ kind: "basic", username, password });
      },
    );
    await fc.assert(property, { numRuns: 50 });
  });

  it("keeps everything else in its order, and makes a file private that was not", async () => {
    const { file, options } = homeOf({
      psFormat: "table {{.ID}}",
      auths: {
        a: { auth: "x" },
        "r.example": { identitytoken: "old", email: "me@example", auth: "y" },
        b: {},
      },
      plugins: { "-x-cli-hints": { enabled: "true" } },
      detachKeys: "ctrl-e",
    });
    fs.chmodSync(file, 0o644);
    await saveLogin(login, options);
    expect(fs.readFileSync(file, "utf8")).toBe(
      `${JSON.stringify(
        {
          psFormat: "table {{.ID}}",
          auths: { a: { auth: "x" }, "r.example": { auth: AUTH, email: "me@example" }, b: {} },
          plugins: { "-x-cli-hints": { enabled: "true" } },
          detachKeys: "ctrl-e",
        },
        undefined,
        "\t",
      )}\n`,
    );
    if (process.platform !== "win32") expect(fs.statSync(file).mode & 0o777).toBe(0o600);
  });

  it("names Docker Hub as Docker does, and other spellings of it go", async () => {
    const { options, read } = homeOf({
      auths: { "docker.io": { auth: "x" }, "docker.io/team": { auth: "z" } },
    });
    await saveLogin({ ...login, registry: "docker.io" }, options);
    expect(read()).toEqual({
      auths: { "docker.io/team": { auth: "z" }, "https://index.docker.io/v1/": { auth: AUTH } },
    });
  });

  it("writes to the file of REGISTRY_AUTH_FILE, in podman's words", async () => {
    const { home, file, options } = homeOf();
    const named = path.join(home, "auth.json");
    const env = { ...options.env, REGISTRY_AUTH_FILE: named };
    await saveLogin({ ...login, registry: "docker.io" }, { ...options, env });
    expect(JSON.parse(fs.readFileSync(named, "utf8"))).toEqual({ auths: { "docker.io": { auth: AUTH } } });
    expect(fs.existsSync(file)).toBe(false);
  });

  it.skipIf(process.platform === "win32")("writes through a link and leaves it one", async () => {
    const { home, file, options, read } = homeOf({ auths: {} });
    const real = path.join(home, "real.json");
    fs.renameSync(file, real);
    fs.symlinkSync(real, file);
    await saveLogin(login, options);
    expect(fs.lstatSync(file).isSymbolicLink()).toBe(true);
    expect(read()).toEqual({ auths: { "r.example": { auth: AUTH } } });
  });

  it("does not touch a file that it cannot read", async () => {
    const { file, options } = homeOf("{ broken");
    await expect(saveLogin(login, options)).rejects.toMatchObject({ code: "REGISTRY_CREDENTIALS_INVALID" });
    expect(fs.readFileSync(file, "utf8")).toBe("{ broken");
  });

  it("says so when the file cannot be written", async () => {
    const { home, options } = homeOf();
    fs.writeFileSync(path.join(home, ".docker"), "");
    const failure: unknown = await saveLogin(login, options).catch((error: unknown) => error);
    expect(failure).toMatchObject({
      code: "REGISTRY_CREDENTIALS_UNWRITABLE",
      exitCode: 3,
      data: { file: path.join(home, CONFIG), code: expect.stringMatching(/ENOTDIR|EEXIST/) },
    });
  });

  it("keeps keys that are named like properties of objects", async () => {
    const { file, options } = homeOf('{"__proto__":{"a":1},"auths":{"__proto__":{"auth":"x"}}}');
    await saveLogin(login, options);
    expect(fs.readFileSync(file, "utf8").match(/__proto__/g)).toHaveLength(2);
  });
});

describe.skipIf(process.platform === "win32")("saveLogin with a helper", () => {
  function withHelper(config: object, script?: string) {
    const helper = fakeHelper("fake", script);
    return { helper, ...homeOf(config, { PATH: helper.folder }) };
  }

  it("gives it the login, and lists the registry in the file without it", async () => {
    const { helper, options, read } = withHelper({
      credsStore: "fake",
      auths: { "r.example": { auth: "old" } },
    });
    expect(await saveLogin(login, options)).toEqual({ kept: "helper", where: "docker-credential-fake" });
    expect(helper.logins()).toEqual({ "r.example": { Username: "me", Secret: "password" } });
    expect(read()).toEqual({ credsStore: "fake", auths: { "r.example": {} } });
  });

  it("writes nothing when the helper fails, and does not repeat the password", async () => {
    const echo = 'console.log("bad: " + require("node:fs").readFileSync(0)); process.exit(1)';
    const { options, read } = withHelper({ credsStore: "fake" }, echo);
    const secret = { ...login, password: "correct horse" };
    const failure: unknown = await saveLogin(secret, options).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: "REGISTRY_HELPER_FAILED", data: { action: "store" } });
    expect(inspect(failure, { depth: null })).not.toContain("correct horse");
    expect(read()).toEqual({ credsStore: "fake" });
  });

  it("is undone by removeLogin", async () => {
    const { helper, options, read } = withHelper({ credsStore: "fake", auths: { other: {} } });
    await saveLogin(login, options);
    expect(await removeLogin("r.example", options)).toEqual({ outcome: "removed", others: "none" });
    expect(helper.logins()).toEqual({});
    expect(read()).toEqual({ credsStore: "fake", auths: { other: {} } });
    expect(await removeLogin("r.example", options)).toEqual({ outcome: "absent", others: "none" });
  });
});

describe("removeLogin", () => {
  it("takes every spelling of the registry, and leaves the rest", async () => {
    const { options, read } = homeOf({
      auths: {
        "https://r.example/v1/": { auth: AUTH },
        "r.example": {},
        "r.example/team": {},
        "r.example:5000": {},
      },
      psFormat: "x",
    });
    expect(await removeLogin("r.example", options)).toMatchObject({ outcome: "removed" });
    expect(read()).toEqual({ auths: { "r.example/team": {}, "r.example:5000": {} }, psFormat: "x" });
  });

  it("writes nothing where there is nothing", async () => {
    const { file, options } = homeOf();
    expect(await removeLogin("r.example", options)).toEqual({ outcome: "absent", others: "none" });
    expect(fs.existsSync(file)).toBe(false);
  });

  it("says when others left a login elsewhere", async () => {
    const { home, options } = homeOf({ auths: { "r.example": { auth: AUTH } } });
    writeFiles(home, { ".config/containers/auth.json": `{"auths":{"r.example":{"auth":"${AUTH}"}}}` });
    expect(await removeLogin("r.example", options)).toEqual({ outcome: "removed", others: "left" });
  });
});
