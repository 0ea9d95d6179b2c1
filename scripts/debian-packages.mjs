import { spawnSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { runCommand } from "./run-command.mjs";

/** What tests and examples use beside npm packages, and why. */
const packages = [
  "skopeo", // reads what we write, as a registry tool does
  "umoci", // unpacks it
  "buildah", // builds the same Dockerfiles, to compare
  "busybox-static", // a program that runs from an empty image
  "chromium", // runs the parser's bundle as a page does
  "attr", // sets and shows extended attributes
  "pigz", // reads our layers, and is what their speed is measured against
  "time", // CPU time and memory of what the benchmark runs
  "docker-registry", // the registry that we pull from and push to
  "apache2-utils", // htpasswd: who may log in there
  "openssl", // the authority of its certificates
  "mmdebstrap", // makes the Debian base image
  "crun", // runs commands, as the quicker of the two runtimes
  "runc", // and as the one that Docker has
  "uidmap", // gives normal users the ids of images
  "libcap2-bin", // gives files capabilities
  "openssh-client", // makes keys, and asks our agent for them
  "openssh-server", // lets in who has one, which is started by a test alone
];

/** A mirror that hangs is no reason to wait for ever. */
const TIMEOUT_SEC = "240";
/** While it says 101, no package starts its service: ours start with a test and end with it. */
const SERVICE_POLICY = "/usr/sbin/policy-rc.d";

/** Installs the missing Debian packages where that is possible, else says why not. Never fails: tests that need a
 * missing tool are skipped with that reason. */
export async function installDebianPackages() {
  const missing = packages.filter((name) => !isInstalled(name));
  if (missing.length === 0) return;
  const obstacle = whyNot();
  if (obstacle !== undefined) {
    console.error(`Not installed: ${missing.join(" ")} (${obstacle}). Tests that need them are skipped.`);
    return;
  }
  console.error(`Installing Debian packages: ${missing.join(" ")}`);
  const status = await withoutServices(() => aptGet(missing));
  if (status !== 0) console.error("apt-get failed. Tests that need the missing packages are skipped.");
}

async function aptGet(missing) {
  const options = { env: { DEBIAN_FRONTEND: "noninteractive" } };
  const bounded = (...args) => runCommand("timeout", [TIMEOUT_SEC, "apt-get", ...args], options);
  await bounded("update", "-qq");
  return await bounded("install", "-y", "-qq", "--no-install-recommends", "--no-remove", ...missing);
}

/** A policy that is there already, as in containers, stays as it is. */
async function withoutServices(install) {
  try {
    writeFileSync(SERVICE_POLICY, "#!/bin/sh\nexit 101\n", { flag: "wx", mode: 0o755 });
  } catch (error) {
    if (error.code !== "EEXIST") throw error;
    return await install();
  }
  try {
    return await install();
  } finally {
    rmSync(SERVICE_POLICY, { force: true });
  }
}

function isInstalled(name) {
  const query = spawnSync("dpkg", ["-s", name], { encoding: "utf8" });
  return query.status === 0 && query.stdout.includes("\nStatus: install ok installed\n");
}

function whyNot() {
  if (process.platform !== "linux") return "only done on Debian and Ubuntu";
  if (spawnSync("apt-get", ["--version"]).status !== 0) return "no apt-get here";
  return process.getuid() === 0 ? undefined : "only root can install";
}
