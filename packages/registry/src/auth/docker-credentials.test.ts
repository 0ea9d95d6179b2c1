import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryFolder, writeFiles } from "../../../../test/support/build-folder.js";
import { fakeHelper } from "../../test/support/fake-helper.js";
import type { Credential } from "./credentials.js";
import { dockerCredentials } from "./docker-credentials.js";

const encode = (login: string): string => Buffer.from(login).toString("base64");
const login = (username: string, password = "password"): Credential => ({
  kind: "basic",
  username,
  password,
});
const auths = (entries: Readonly<Record<string, string>>): string =>
  JSON.stringify({
    auths: Object.fromEntries(
      Object.entries(entries).map(([key, user]) => [key, { auth: encode(`${user}:password`) }]),
    ),
  });

/** A user's folder with files, and the environment that leads there and nowhere else. */
function homeOf(files: Readonly<Record<string, string>>, env: Readonly<Record<string, string>> = {}) {
  const home = temporaryFolder();
  writeFiles(home, files);
  return { home, env: { XDG_RUNTIME_DIR: path.join(home, "run"), ...env } };
}

describe("dockerCredentials", () => {
  it.each<[string, object, Credential | undefined]>([
    ["a name and password", { auth: encode("me:password") }, login("me")],
    ["a password with colons", { auth: encode("me:a:b:") }, login("me", "a:b:")],
    ["a password of UTF-8", { auth: encode("mé:pässword") }, login("mé", "pässword")],
    ["a password with NULs behind it", { auth: encode("me:password\0\0") }, login("me")],
    ["base64 of several lines", { auth: "bWU6cGFz\r\nc3dvcmQ=\n" }, login("me")],
    ["blanks as part of a password", { username: "me", password: " pass " }, login("me", " pass ")],
    ["them apart", { username: "me", password: "password" }, login("me")],
    [
      "an identity token, whatever stands beside it",
      { auth: encode("me:"), identitytoken: "token" },
      { kind: "identity-token", identityToken: "token" },
    ],
    ["a token of the registry", { registrytoken: "token" }, { kind: "bearer", token: "token" }],
    ["nothing", {}, undefined],
    ["nothing in base64", { auth: "" }, undefined],
  ])("reads %s", async (_, entry, credential) => {
    const config = JSON.stringify({ auths: { "r.example": entry } });
    expect(await dockerCredentials(homeOf({ ".docker/config.json": config })).find("r.example")).toEqual(
      credential,
    );
  });

  it("knows Docker Hub by its many names", async () => {
    const config = auths({ "https://index.docker.io/v1/": "me" });
    const found = dockerCredentials(homeOf({ ".docker/config.json": config }));
    expect(await found.find("docker.io", "library/app")).toEqual(login("me"));
    expect(await found.find("r.example", "library/app")).toBeUndefined();
  });

  it("takes the key for fewest repositories", async () => {
    const config = auths({ "r.example": "all", "r.example/team": "team", "r.example/team/app": "app" });
    const found = dockerCredentials(homeOf({ ".docker/config.json": config }));
    expect(await found.find("r.example", "team/app")).toEqual(login("app"));
    expect(await found.find("r.example", "team/other")).toEqual(login("team"));
    expect(await found.find("r.example", "teams")).toEqual(login("all"));
    expect(await found.find("r.example")).toEqual(login("all"));
  });

  it.each<
    [string, Readonly<Record<string, string>>, (home: string) => Record<string, string>, string | undefined]
  >([
    [
      "DOCKER_AUTH_CONFIG first",
      { ".docker/config.json": "docker" },
      () => ({ DOCKER_AUTH_CONFIG: "inline" }),
      "inline",
    ],
    [
      "the file of REGISTRY_AUTH_FILE alone",
      { a: "named", ".docker/config.json": "docker" },
      (home) => ({ REGISTRY_AUTH_FILE: path.join(home, "a") }),
      "named",
    ],
    [
      "nothing where REGISTRY_AUTH_FILE is not there",
      { ".docker/config.json": "docker" },
      (home) => ({ REGISTRY_AUTH_FILE: path.join(home, "a") }),
      undefined,
    ],
    [
      "Docker's file before podman's",
      { ".docker/config.json": "docker", ".config/containers/auth.json": "podman" },
      () => ({}),
      "docker",
    ],
    [
      "the folder of DOCKER_CONFIG in the place of ~/.docker",
      { ".docker/config.json": "docker", "d/config.json": "named" },
      (home) => ({ DOCKER_CONFIG: path.join(home, "d") }),
      "named",
    ],
    [
      "podman's file of this session before that in the user's folder",
      { "run/containers/auth.json": "session", ".config/containers/auth.json": "podman" },
      () => ({}),
      "session",
    ],
    [
      "podman's file in XDG_CONFIG_HOME",
      { "c/containers/auth.json": "podman" },
      (home) => ({ XDG_CONFIG_HOME: path.join(home, "c") }),
      "podman",
    ],
    ["nothing where there are no files", {}, () => ({}), undefined],
  ])("takes %s", async (_, files, env, user) => {
    const named = Object.entries(files).map(([name, who]) => [name, auths({ "r.example": who })]);
    const { home, env: base } = homeOf(Object.fromEntries(named));
    const given = env(home);
    if (given["DOCKER_AUTH_CONFIG"] !== undefined) {
      given["DOCKER_AUTH_CONFIG"] = auths({ "r.example": given["DOCKER_AUTH_CONFIG"] });
    }
    const found = await dockerCredentials({ home, env: { ...base, ...given } }).find("r.example");
    expect(found).toEqual(user === undefined ? undefined : login(user));
  });

  it.each([
    ["no JSON", '{"auths": {"r.example": {"auth": "c2VjcmV0OnNlY3JldA=="', "no JSON"],
    ["no object", '["secret"]', "no JSON object"],
    ["auths that is none", '{"auths": "secret"}', "auths is no object"],
    ["an entry that is none", '{"auths": {"r.example": "secret"}}', "a member of auths is no object"],
    [
      "base64 that is none",
      '{"auths": {"r.example": {"auth": "secret!"}}}',
      "auth is no base64 of name:password",
    ],
    [
      "base64 without a colon",
      '{"auths": {"r.example": {"auth": "c2VjcmV0"}}}',
      "auth is no base64 of name:password",
    ],
    ["a helper that is no text", '{"credsStore": ["secret"]}', "a helper's name is no text"],
  ])("refuses %s, and repeats nothing of it", async (_, text, problem) => {
    const { home, env } = homeOf({ ".docker/config.json": text });
    const failure: unknown = await dockerCredentials({ home, env })
      .find("r.example")
      .catch((e: unknown) => e);
    const file = path.join(home, ".docker/config.json");
    expect(failure).toMatchObject({
      code: "REGISTRY_CREDENTIALS_INVALID",
      exitCode: 3,
      data: { file, problem },
    });
    expect(JSON.stringify([failure, String(failure)])).not.toMatch(/secret|c2Vjc/);
  });

  it("refuses a file without end, and one that is a folder", async () => {
    const large = homeOf({ ".docker/config.json": " ".repeat(4 * 1024 * 1024 + 1) });
    await expect(dockerCredentials(large).find("r.example")).rejects.toMatchObject({
      code: "REGISTRY_CREDENTIALS_INVALID",
    });
    await expect(
      dockerCredentials(homeOf({ ".docker/config.json/": "" })).find("r.example"),
    ).rejects.toMatchObject({
      data: { problem: "EISDIR" },
    });
  });

  it("takes a byte order mark, and an empty file for nothing", async () => {
    const marked = homeOf({ ".docker/config.json": `\ufeff${auths({ "r.example": "me" })}` });
    expect(await dockerCredentials(marked).find("r.example")).toEqual(login("me"));
    expect(await dockerCredentials(homeOf({ ".docker/config.json": "" })).find("r.example")).toBeUndefined();
  });
});

describe.skipIf(process.platform === "win32")("dockerCredentials with helpers", () => {
  function withHelper(config: object, name = "fake", script?: string) {
    const helper = fakeHelper(name, script);
    const { home, env } = homeOf({ ".docker/config.json": JSON.stringify(config) });
    return { helper, options: { home, env: { ...env, PATH: helper.folder } } };
  }
  const keep = (helper: { folder: string }, logins: object): void =>
    fs.writeFileSync(path.join(helper.folder, "logins.json"), JSON.stringify(logins));

  it("asks the helper of the registry, and each helper once a registry", async () => {
    const { helper, options } = withHelper({ credHelpers: { "r.example": "fake" }, credsStore: "missing" });
    keep(helper, { "r.example": { Username: "me", Secret: "password" } });
    const credentials = dockerCredentials(options);
    for (const repository of ["a", "b", undefined]) {
      expect(await credentials.find("r.example", repository)).toEqual(login("me"));
    }
    expect(helper.calls()).toEqual(["get r.example"]);
  });

  it("asks credsStore for all others, for Docker Hub by Docker's name", async () => {
    const { helper, options } = withHelper({ credsStore: "fake" });
    keep(helper, { "https://index.docker.io/v1/": { Username: "<token>", Secret: "identity" } });
    expect(await dockerCredentials(options).find("docker.io")).toEqual({
      kind: "identity-token",
      identityToken: "identity",
    });
  });

  it("looks into the file when the helper has nothing", async () => {
    const entry = { auth: encode("me:password") };
    const { options } = withHelper({ credsStore: "fake", auths: { "r.example": entry } });
    expect(await dockerCredentials(options).find("r.example")).toEqual(login("me"));
  });

  it("takes an empty helper for none", async () => {
    const config = {
      credsStore: "missing",
      credHelpers: { "r.example": "" },
      auths: { "r.example": { auth: encode("me:password") } },
    };
    expect(await dockerCredentials(withHelper(config).options).find("r.example")).toEqual(login("me"));
  });

  it.each<[string, string, string | undefined, string]>([
    ["is missing", "missing", undefined, "ENOENT"],
    ["is a path", "../fake", undefined, "not the name of a helper"],
    ["fails", "fake", 'console.log("locked\\u001b[31m"); process.exit(1)', "locked\\u001b[31m"],
    ["fails without a word", "fake", "process.exit(3)", "exit code 3"],
    ["says why on the other stream", "fake", 'console.error("no keyring"); process.exit(1)', "no keyring"],
    ["answers nonsense", "fake", 'console.log("hello")', "its answer is not JSON with Username and Secret"],
    [
      "answers half",
      "fake",
      'console.log(JSON.stringify({Username: "me"}))',
      "its answer is not JSON with Username and Secret",
    ],
    [
      "talks without end",
      "fake",
      'for (;;) process.stdout.write("x".repeat(65536))',
      "more than 65536 characters of output",
    ],
    [
      "is killed",
      "fake",
      "process.kill(process.pid, 'SIGTERM'); setInterval(() => 0, 1000)",
      "ended by SIGTERM",
    ],
  ])("tells of a helper that %s", async (_, name, script, reason) => {
    const { options } = withHelper({ credsStore: name }, "fake", script);
    await expect(dockerCredentials(options).find("r.example")).rejects.toMatchObject({
      code: "REGISTRY_HELPER_FAILED",
      exitCode: 3,
      data: { helper: `docker-credential-${name}`, action: "get", reason },
    });
  });
});
