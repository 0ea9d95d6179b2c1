import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "./support/build-folder.js";

const script = join(import.meta.dirname, "../scripts/debian-packages.mjs");
const policy = "/usr/sbin/policy-rc.d";
const isRoot = process.getuid?.() === 0;

interface Installation {
  readonly status: number | null;
  readonly said: string;
  /** How apt-get was called. */
  readonly calls: string;
}

/** Installs where dpkg knows some packages only, and apt-get is a stand-in. */
function install(present: readonly string[], aptGet: string): Installation {
  const folder = temporaryFolder();
  const log = join(folder, "calls");
  const stand = (name: string, text: string): void => {
    writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(folder, name), 0o755);
  };
  stand(
    "dpkg",
    `case "$2" in ${present.join("|")}) printf 'Package: x\\nStatus: install ok installed\\n';; *) exit 1;; esac`,
  );
  stand("timeout", `shift; exec "$@"`);
  stand("apt-get", `[ "$1" = --version ] && exit 0\necho "$@" >> ${log}\n${aptGet}`);
  const code = `import(${JSON.stringify(script)}).then((m) => m.installDebianPackages())`;
  const { status, stderr } = spawnSync(process.execPath, ["-e", code], {
    encoding: "utf8",
    env: { ...process.env, PATH: `${folder}:${process.env["PATH"]}` },
  });
  return { status, said: stderr, calls: existsSync(log) ? readFileSync(log, "utf8") : "" };
}

describe("installDebianPackages", () => {
  it.skipIf(!isRoot)("installs what is missing, and nothing else (skipped: only root can)", () => {
    const { status, calls } = install(["skopeo", "umoci", "buildah", "busybox-static", "chromium"], "exit 0");
    expect(status).toBe(0);
    expect(calls).toContain("update -qq\ninstall -y -qq --no-install-recommends --no-remove attr ");
    expect(calls).toContain(" docker-registry apache2-utils openssl mmdebstrap");
    expect(calls).not.toContain("skopeo");
  });

  it.skipIf(!isRoot)("has no service started, and leaves no trace of that (skipped: only root can)", () => {
    const before = existsSync(policy);
    const { said } = install(["skopeo"], `[ "$1" = install ] && ${policy}; echo "policy $?" >&2`);
    expect(said).toContain("policy 101");
    expect(existsSync(policy)).toBe(before);
  });

  it.skipIf(!isRoot)("does not fail when apt-get does (skipped: only root can)", () => {
    const { status, said } = install(["skopeo"], "exit 100");
    expect(status).toBe(0);
    expect(said.trimEnd().split("\n").at(-1)).toBe(
      "apt-get failed. Tests that need the missing packages are skipped.",
    );
  });

  it.skipIf(isRoot)("says what only root can do (skipped: runs as root)", () => {
    const { status, said, calls } = install(["skopeo"], "exit 0");
    expect(status).toBe(0);
    expect(calls).toBe("");
    expect(said).toMatch(
      /^Not installed: umoci .*\(only root can install\)\. Tests that need them are skipped\.\n$/,
    );
  });
});
