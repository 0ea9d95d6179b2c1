import { spawnSync } from "node:child_process";
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
];

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
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  await runCommand("apt-get", ["update", "-qq"], { env });
  const status = await runCommand(
    "apt-get",
    ["install", "-y", "-qq", "--no-install-recommends", "--no-remove", ...missing],
    { env },
  );
  if (status !== 0) console.error("apt-get failed. Tests that need the missing packages are skipped.");
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
