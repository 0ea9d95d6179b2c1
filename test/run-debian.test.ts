import { execFile, spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";
import {
  childCommand,
  type HostVariant,
  variantProblem,
} from "../packages/executor/test/support/host-variants.js";
import { temporaryFolder, writeFiles } from "./support/build-folder.js";
import { layerEntries } from "./support/final-image.js";
import { readRawImage } from "./support/read-raw-image.js";
import { debianObstacle } from "./support/registry/debian-image.js";
import { type DebianRegistry, debianRegistry } from "./support/registry/debian-registry.js";
import { toolObstacle, unlessObstacle } from "./support/registry/obstacle.js";

const command = fileURLToPath(new URL("../packages/oci-build/bin/oci-build.js", import.meta.url));
const helper = "/usr/lib/apt/apt-helper";
const users: readonly HostVariant[] = ["root", "user with subordinate ids"];
const MINUTE_MS = 60_000;
const run = promisify(execFile);

const obstacle =
  process.getuid?.() === 0
    ? (toolObstacle("docker-registry", "skopeo", "apt-get") ?? debianObstacle())
    : "only root can become another user";

/** How this machine reaches its mirror: sources, settings of the transport, logins, certificates. */
function mirrorFiles(): readonly string[] {
  const below = (folder: string, isWanted: (file: string) => boolean): readonly string[] =>
    fs.existsSync(folder)
      ? fs
          .readdirSync(folder)
          .map((name) => path.join(folder, name))
          .filter(isWanted)
      : [];
  const setsTransport = (file: string): boolean => fs.readFileSync(file, "utf8").includes("Acquire::");
  const alone = ["/etc/apt/sources.list", "/etc/apt/auth.conf", "/etc/ssl/certs/ca-certificates.crt"];
  return [
    ...alone.filter((file) => fs.existsSync(file)),
    ...below("/etc/apt/sources.list.d", (file) => /\.(list|sources)$/.test(file)),
    ...below("/etc/apt/auth.conf.d", (file) => file.endsWith(".conf")),
    ...below("/etc/apt/apt.conf.d", setsTransport),
  ];
}

/** Why no package can be had here; undefined when one can. */
function mirrorProblem(folder: string): string | undefined {
  const format = ["--format", "$(REPO_URI)dists/$(RELEASE)/InRelease"];
  const { stdout } = spawnSync("apt-get", ["indextargets", ...format], { encoding: "utf8" });
  const [address] = stdout.split("\n");
  if (address === undefined || address === "") return "this machine knows no mirror of Debian";
  const args = [helper, "download-file", address, path.join(folder, "InRelease")];
  const { status } = spawnSync("timeout", ["30", ...args], { stdio: "ignore" });
  return status === 0 ? undefined : "this machine's mirror of Debian does not answer";
}

describe.skipIf(obstacle)(unlessObstacle("RUN apt-get install on Debian", obstacle), () => {
  let debian: DebianRegistry;
  let folder: string;
  let problem: string | undefined;

  beforeAll(async () => {
    folder = temporaryFolder();
    const found = await debianRegistry();
    if (typeof found === "string") {
      problem = found;
      return;
    }
    debian = found;
    problem = mirrorProblem(folder);
    return () => found.registry.stop();
  }, 2 * MINUTE_MS);

  const files = mirrorFiles();

  function dockerfile(): string {
    const mounts = files.map(
      (file, index) => `--mount=type=secret,id=mirror${index},target=${file},mode=0444`,
    );
    return [
      `FROM ${debian.reference}`,
      `RUN ${mounts.join(" ")} apt-get update -qq && apt-get install -y -qq --no-install-recommends hello sudo && rm /var/lib/apt/lists/*_*`,
      "RUN hello > /said && dpkg -s hello | grep -x 'Status: install ok installed' >> /said",
      "RUN useradd --create-home app && echo 'app ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/app",
      "USER app",
      "RUN id -u > ~/by-app && sudo -n sh -c 'id -u > /by-root && chown daemon /by-root'",
      "",
    ].join("\n");
  }

  /** Builds as a user, with what it takes to reach the mirror as secrets and predefined arguments alone. */
  async function buildAs(user: HostVariant): Promise<string> {
    const home = fs.mkdtempSync(path.join(folder, "home-"));
    // The temporary folder is root's.
    fs.chmodSync(folder, 0o755);
    const secrets = files.map((file, index) => {
      const copy = path.join(home, `secret${index}`);
      fs.copyFileSync(file, copy);
      fs.chmodSync(copy, 0o644);
      return `--secret=id=mirror${index},src=${copy}`;
    });
    const proxies = Object.keys(process.env).filter((name) => /^(https?|ftp|no|all)_proxy$/i.test(name));
    writeFiles(path.join(home, "context"), { Dockerfile: dockerfile() });
    const dest = path.join(home, "image.tar");
    const args = [
      ...["build", "--cache-dir", path.join(home, "cache"), "-o", `type=oci,dest=${dest}`, ...secrets],
      ...[...proxies.map((name) => `--build-arg=${name}`), path.join(home, "context")],
    ];
    const [program, ...rest] = childCommand(user, { child: command, folder: home, args });
    await run(program, rest, { env: { ...process.env, HOME: home, CI: "1" } });
    return dest;
  }

  it.for(users)(
    "works as a %s, with all that leads to the mirror as secrets, and sudo in what follows",
    {
      timeout: 3 * MINUTE_MS,
    },
    async (user, { skip }) => {
      const unreachable = problem ?? variantProblem(user);
      skip(unreachable !== undefined, unreachable);
      const { config, layers } = await readRawImage(await buildAs(user));
      const [installed, said, , bySudo] = layers.slice(-4);
      const members = await layerEntries(installed ?? Buffer.alloc(0));
      const names = members.map((entry) => entry.path);
      expect(names).toContain("usr/bin/hello");
      expect(names.filter((name) => files.includes(`/${name}`))).toEqual([]);
      // apt itself drops its rights while it downloads.
      const partial = members.find(({ path: name }) => name === "var/lib/apt/lists/partial");
      expect(partial).toMatchObject({ mode: 0o700, uid: expect.not.toSatisfy((uid: number) => uid === 0) });
      expect((await layerEntries(said ?? Buffer.alloc(0))).map((entry) => entry.path)).toEqual(["said"]);
      expect(JSON.stringify(config)).not.toContain("secret0");
      const written = await layerEntries(bySudo ?? Buffer.alloc(0));
      expect(written.filter(({ type }) => type === "file")).toMatchObject([
        { path: "by-root", uid: 1, gid: 0, size: 2 },
        { path: "home/app/by-app", uid: 1000, gid: 1000, size: 5 },
      ]);
    },
  );
});
