import path from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryFolder, writeFiles } from "../../../../test/support/build-folder.js";
import { dockerRegistrySettings } from "./docker-registry-settings.js";

function foldersOf(files: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder();
  writeFiles(folder, files);
  return folder;
}

describe("dockerRegistrySettings", () => {
  it("reads authorities and the client's certificate from the folder of the host and port", () => {
    const folder = foldersOf({
      "r.example:5000/b.crt": "B",
      "r.example:5000/a.crt": "A",
      "r.example:5000/me.cert": "CERT",
      "r.example:5000/me.key": "KEY",
      "r.example:5000/README": "no",
    });
    const settings = dockerRegistrySettings({ certificateFolders: [folder] });
    expect(settings("r.example:5000")).toEqual({
      ca: "A\nB",
      clientCertificate: { cert: "CERT", key: "KEY" },
      insecure: false,
      mirrors: undefined,
    });
    expect(settings("r.example")).toEqual({ insecure: false, mirrors: undefined });
  });

  it("takes the first folder that knows the host, the user's before the system's", () => {
    const [first, second] = [foldersOf({ "r/ca.crt": "1" }), foldersOf({ "r/ca.crt": "2", "s/ca.crt": "3" })];
    const settings = dockerRegistrySettings({ certificateFolders: [first, second] });
    expect([settings("r").ca, settings("s").ca]).toEqual(["1", "3"]);
    const home = foldersOf({
      ".docker/certs.d/r/ca.crt": "docker",
      ".config/containers/certs.d/r/ca.crt": "podman",
    });
    expect(dockerRegistrySettings({ home })("r").ca).toBe("podman");
  });

  it.each([
    ["a certificate without its key", { "r/me.cert": "x" }, "me.cert", "there is no me.key beside it"],
    ["a key without its certificate", { "r/me.key": "x" }, "me.key", "there is no certificate beside it"],
    [
      "a file beyond all measure",
      { "r/ca.crt": "x".repeat(1024 * 1024 + 1) },
      "ca.crt",
      "more than 1048576 bytes",
    ],
    ["a folder in the place of a file", { "r/ca.crt/": "" }, "ca.crt", "EISDIR"],
  ])("refuses %s", (_, files, name, problem) => {
    const folder = foldersOf(files as Record<string, string>);
    expect(() => dockerRegistrySettings({ certificateFolders: [folder] })("r")).toThrowError(
      expect.objectContaining({
        code: "REGISTRY_SETTINGS_INVALID",
        data: { what: path.join(folder, "r", name), problem },
      }),
    );
  });

  it.each(["..", "../r", "a/../../r", "/etc", "", ".", "r\0"])(
    "does not look for a host named %j",
    (host) => {
      const folder = foldersOf({ "r/ca.crt": "x", "c/x/ca.crt": "x", "ca.crt": "x" });
      const settings = dockerRegistrySettings({ certificateFolders: [path.join(folder, "c")] });
      expect(settings(host).ca).toBeUndefined();
    },
  );

  it.each([
    ["r.example:5000", "r.example:5000", true],
    ["R.example", "r.EXAMPLE", true],
    ["r.example", "r.example:5000", false],
    ["10.0.0.0/8", "10.1.2.3:5000", true],
    ["10.0.0.0/8", "11.1.2.3:5000", false],
    ["fd00::/8", "[fd00::1]:5000", true],
    ["fd00::/8", "[fd00::1]", true],
    ["10.0.0.0/33", "10.0.0.1", false],
  ])("calls by %s the registry %s insecure: %s", (entry, registry, insecure) => {
    const settings = dockerRegistrySettings({ certificateFolders: [], insecureRegistries: [entry] });
    expect(settings(registry).insecure).toBe(insecure);
  });

  it("knows the mirrors of each registry", () => {
    const settings = dockerRegistrySettings({
      certificateFolders: [],
      mirrors: { "docker.io": ["https://m.example"] },
    });
    expect(settings("docker.io").mirrors).toEqual(["https://m.example"]);
    expect(settings("constructor").mirrors).toBeUndefined();
  });
});
