import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { makeFolder, removeFolder } from "../../test/support/temporary-folder.js";
import { blockingSettings } from "./blocking-settings.js";
import { findProgram, findPrograms, programEnv, programFolders } from "./find-programs.js";

const folder = makeFolder();
afterAll(() => removeFolder(folder));

function program(name: string, mode = 0o755): string {
  const file = path.join(folder, name);
  writeFileSync(file, "#!/bin/sh\n");
  chmodSync(file, mode);
  return file;
}

describe("findProgram", () => {
  it("takes the first along PATH", () => {
    const tar = program("tar");
    expect(findProgram("tar", { PATH: `/nowhere:${folder}:/usr/bin` })).toBe(tar);
  });

  it("finds administrators' programs that are not on PATH", () => {
    expect(programFolders({ PATH: "/opt/bin" })).toEqual([
      "/opt/bin",
      "/usr/local/sbin",
      "/usr/sbin",
      "/sbin",
      "/usr/bin",
      "/bin",
    ]);
  });

  it("passes over folders of PATH that are relative or empty", () => {
    expect(programFolders({ PATH: "node_modules/.bin::.:/usr/bin" })[0]).toBe("/usr/bin");
  });

  it("passes over what is a folder or may not be run", () => {
    mkdirSync(path.join(folder, "a-folder"));
    program("not-executable", 0o644);
    for (const name of ["a-folder", "not-executable", "not-there"]) {
      expect(findProgram(name, { PATH: folder })).toBeUndefined();
    }
  });
});

describe("findPrograms", () => {
  it("names all programs that are missing", () => {
    const { programs, missing } = findPrograms({ PATH: folder });
    const absent = Object.entries(programs).filter(([, file]) => file === "");
    expect(missing).toEqual(absent.map(([name]) => name));
  });
});

describe("programEnv", () => {
  it("has nothing of the caller's but where programs are", () => {
    const env = programEnv({ PATH: "/opt/bin", LD_PRELOAD: "/x.so", LC_ALL: "de_DE", SECRET: "s" });
    expect(Object.keys(env).sort()).toEqual(["LC_ALL", "LIBMOUNT_FORCE_MOUNT2", "PATH"]);
    expect(env["LC_ALL"]).toBe("C");
  });
});

describe("blockingSettings", () => {
  it("names the settings that forbid namespaces, as sysctl takes what they are to be", () => {
    const values = new Map([
      ["/proc/sys/kernel/unprivileged_userns_clone", "1\n"],
      ["/proc/sys/user/max_user_namespaces", "0\n"],
      ["/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1\n"],
    ]);
    expect(blockingSettings((file) => values.get(file) ?? "")).toEqual([
      "user.max_user_namespaces=15000",
      "kernel.apparmor_restrict_unprivileged_userns=0",
    ]);
  });
});
