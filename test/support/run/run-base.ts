import fs from "node:fs";
import path from "node:path";
import { temporaryFolder } from "../build-folder.js";
import { packLayout } from "../registry/image-layout.js";
import { runTool } from "../tools.js";

const PASSWD = [
  "root:x:0:0:root:/root:/bin/sh",
  "daemon:x:1:1::/:/bin/false",
  "app:x:1000:1000::/home/app:/bin/sh",
  "other:x:1001:50::/home:/bin/sh",
];
const GROUP = [
  "root:x:0:",
  "daemon:x:1:",
  "wheel:x:10:root,app",
  "staff:x:50:app",
  "app:x:1000:",
  "late:x:2000:app",
];

/** The tag of what `runBaseLayout` packs. */
export const RUN_BASE_TAG = "base";

/** Packs a root file system in which commands find what they trip over: all of busybox, users with several groups,
 * links, a setuid program, hard links, modes of every kind. For skopeo: `oci:FOLDER:base`. Files that builders put
 * in while a command runs are there, so that none of them adds them. */
export function runBaseLayout(): string {
  const folder = temporaryFolder();
  const root = path.join(folder, "root");
  makeRoot(root);
  const tar = path.join(folder, "layer.tar");
  runTool("tar", [
    ...["--format=pax", "--pax-option=delete=atime,delete=ctime", "--sort=name", "--mtime=@1704067200"],
    ...["--numeric-owner", "-cf", tar, "-C", root, "."],
  ]);
  const platform = { os: "linux", architecture: process.arch === "x64" ? "amd64" : process.arch };
  packLayout(path.join(folder, "layout"), RUN_BASE_TAG, [
    {
      platform,
      layers: [fs.readFileSync(tar)],
      config: { Env: ["PATH=/usr/bin:/bin", "OF_BASE=1"], Cmd: ["sh"] },
    },
  ]);
  return `oci:${path.join(folder, "layout")}:${RUN_BASE_TAG}`;
}

function makeRoot(root: string): void {
  const at = (name: string): string => path.join(root, name);
  const folders = [
    "bin",
    "etc",
    "root",
    "tmp",
    "run",
    "proc",
    "sys",
    "dev",
    "usr/bin",
    "var/lib",
    "home/app",
    "d/sub",
    "full",
  ];
  for (const name of folders) fs.mkdirSync(at(name), { recursive: true });
  fs.copyFileSync(fs.realpathSync("/bin/busybox"), at("bin/busybox"));
  fs.chmodSync(at("bin/busybox"), 0o755);
  for (const name of runTool("/bin/busybox", ["--list"]).trim().split("\n")) {
    if (name !== "busybox") fs.symlinkSync("busybox", at(`bin/${name}`));
  }
  fs.symlinkSync("/run", at("var/run"));
  fs.symlinkSync("../d", at("usr/d"));
  const files: Readonly<Record<string, string>> = {
    "etc/passwd": `${PASSWD.join("\n")}\n`,
    "etc/group": `${GROUP.join("\n")}\n`,
    "etc/hosts": "",
    "etc/resolv.conf": "",
    "etc/hostname": "",
    "d/a": "A",
    "d/b": "B",
    "d/sub/c": "C",
    "full/1": "1",
    "full/2": "2",
    big: "0123456789abcdef".repeat(65_536),
  };
  for (const [name, text] of Object.entries(files)) fs.writeFileSync(at(name), text);
  fs.linkSync(at("d/a"), at("d/hard"));
  fs.copyFileSync(at("d/b"), at("usr/bin/setuid"));
  fs.chmodSync(at("usr/bin/setuid"), 0o4755);
  fs.chmodSync(at("tmp"), 0o1777);
  fs.chmodSync(at("d/sub/c"), 0o400);
  fs.chownSync(at("home/app"), 1000, 1000);
  fs.chownSync(at("d/sub"), 1001, 50);
}
