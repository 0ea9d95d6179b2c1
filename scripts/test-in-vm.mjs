// npm run test:vm [-- [--kvm] VITEST-ARGUMENTS]: runs tests as root of a virtual machine with Debian's kernel, systemd and
// cgroup v2 alone, which is what most hosts are and few containers: commands of RUN meet other mounts and limits there.
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { compile, installPackages } from "./prepare.mjs";
import { CommandFailed, mustRun, runScript } from "./run-command.mjs";
import { root } from "./workspace.mjs";

const RELEASE = "bookworm";
const DISK_BYTES = 8 * 1024 ** 3;
const MEMORY = "4G";
/** Emulation takes ten times as long as a machine, and some tests have a limit of their own. */
const TEST_TIMEOUT_MS = 900_000;
const CHECKOUT = "/opt/oci-build";

/** What the machine has beside the smallest Debian: what tests of RUN use, and what starts them. */
const packages = [
  ...["linux-image-cloud-amd64", "initramfs-tools", "systemd", "systemd-sysv", "dbus", "libpam-systemd"],
  ...["crun", "runc", "uidmap", "busybox-static", "attr", "libcap2-bin", "procps", "iproute2"],
  ...["libstdc++6", "zstd", "xz-utils", "git", "ca-certificates"],
];

const unit = `[Unit]
After=multi-user.target
[Service]
Type=oneshot
TimeoutStartSec=infinity
ExecStart=/bin/sh /opt/job.sh
StandardOutput=file:/dev/ttyS1
StandardError=file:/dev/ttyS1
`;

/** @param {readonly string[]} args Of vitest. */
function job(args) {
  const quoted = args.map((arg) => `'${arg.replaceAll("'", "'\\''")}'`).join(" ");
  return `cd ${CHECKOUT}; HOME=~root; export HOME CI=true NO_COLOR=1 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
uname -r; grep cgroup /proc/self/mountinfo
node node_modules/vitest/vitest.mjs run --testTimeout ${TEST_TIMEOUT_MS} --hookTimeout ${TEST_TIMEOUT_MS} ${quoted}
echo $? >/dev/ttyS2; systemctl poweroff
`;
}

/** A folder with all that the machine has on its disk. @param {string} folder @param {readonly string[]} args */
async function makeRoot(folder, args) {
  await mustRun("mmdebstrap", ["--variant=minbase", `--include=${packages.join()}`, RELEASE, folder]);
  cpSync(process.execPath, join(folder, "usr/local/bin/node"));
  const left = new Set([".git", "reports"]);
  cpSync(root, join(folder, CHECKOUT), {
    recursive: true,
    verbatimSymlinks: true,
    filter: (path) => !left.has(relative(root, path)),
  });
  writeFileSync(join(folder, "opt/job.sh"), job(args));
  writeFileSync(join(folder, "etc/systemd/system/job.service"), unit);
  const wanted = join(folder, "etc/systemd/system/multi-user.target.wants");
  mkdirSync(wanted, { recursive: true });
  symlinkSync("../job.service", join(wanted, "job.service"));
}

/** The exit status of what ran. @param {string} folder @param {"kvm" | "tcg"} accelerator */
async function boot(folder, accelerator) {
  const disk = join(folder, "disk");
  writeFileSync(disk, "");
  truncateSync(disk, DISK_BYTES);
  await mustRun("mke2fs", ["-q", "-t", "ext4", "-d", join(folder, "root"), disk]);
  const status = join(folder, "status");
  await mustRun("qemu-system-x86_64", [
    ...["-accel", accelerator, "-cpu", accelerator === "kvm" ? "host" : "max", "-smp", "2", "-m", MEMORY],
    ...["-kernel", join(folder, "root/vmlinuz"), "-initrd", join(folder, "root/initrd.img")],
    ...["-append", "root=/dev/vda rw console=ttyS0"],
    ...["-drive", `file=${disk},format=raw,if=virtio,cache=unsafe`, "-nic", "none"],
    ...["-display", "none", "-monitor", "none", "-no-reboot"],
    // The kernel's words, what the tests say, and their status.
    ...["-serial", `file:${join(folder, "console")}`, "-serial", "stdio", "-serial", `file:${status}`],
  ]);
  const said = readFileSync(status, "utf8").trim();
  if (!/^\d+$/.test(said)) throw new CommandFailed(`the machine ended without a word, see ${folder}/console`);
  return Number(said);
}

await runScript(async () => {
  if (process.getuid?.() !== 0) throw new CommandFailed("needs root, to make a disk");
  const args = process.argv.slice(2);
  await installPackages();
  await compile();
  const folder = mkdtempSync(join(tmpdir(), "oci-build-vm-"));
  await makeRoot(
    join(folder, "root"),
    args.filter((arg) => arg !== "--kvm"),
  );
  const status = await boot(folder, args.includes("--kvm") ? "kvm" : "tcg");
  rmSync(folder, { recursive: true });
  return status;
});
