import fs from "node:fs";
import path from "node:path";
import { temporaryFolder } from "../build-folder.js";
import { runTool } from "../tools.js";
import { type ImageParts, type ImagePlatform, packLayout } from "./image-layout.js";

/** Platforms of the index: what runs here, and others that are so by name alone. */
export const BUSYBOX_PLATFORMS: readonly ImagePlatform[] = [
  { os: "linux", architecture: "amd64" },
  { os: "linux", architecture: "arm64", variant: "v8" },
  { os: "linux", architecture: "arm", variant: "v6" },
  { os: "linux", architecture: "arm", variant: "v7" },
];

/** A layout with busybox: `one` is a manifest, `all` an index of BUSYBOX_PLATFORMS, `two-layers` a manifest whose
 * upper layer removes and adds. */
export interface BusyboxLayout {
  /** For skopeo: `oci:FOLDER:TAG`. */
  image(tag: "one" | "all" | "two-layers"): string;
}

/** Packs Debian's static busybox as images of several shapes. Each call gives the same digests on one machine. */
export function busyboxLayout(): BusyboxLayout {
  const folder = temporaryFolder();
  const root = busyboxRoot(path.join(folder, "root"));
  const images = BUSYBOX_PLATFORMS.map((platform) => busyboxImage(folder, root, platform));
  const [native] = images;
  if (native === undefined) throw new Error("no platform");
  const shapes = { one: [native], all: images, "two-layers": [withUpperLayer(folder, native)] };
  for (const [tag, parts] of Object.entries(shapes)) packLayout(path.join(folder, tag), tag, parts);
  return { image: (tag) => `oci:${path.join(folder, tag)}:${tag}` };
}

function busyboxRoot(root: string): string {
  for (const name of ["bin", "etc", "root", "tmp", "home/app"]) {
    fs.mkdirSync(path.join(root, name), { recursive: true });
  }
  fs.copyFileSync(fs.realpathSync("/bin/busybox"), path.join(root, "bin/busybox"));
  fs.chmodSync(path.join(root, "bin/busybox"), 0o755);
  for (const name of ["sh", "ls", "cat", "id", "env"])
    fs.symlinkSync("busybox", path.join(root, "bin", name));
  fs.writeFileSync(
    path.join(root, "etc/passwd"),
    "root:x:0:0:root:/root:/bin/sh\napp:x:1000:1000::/home/app:/bin/sh\n",
  );
  fs.writeFileSync(path.join(root, "etc/group"), "root:x:0:\napp:x:1000:\n");
  fs.chmodSync(path.join(root, "tmp"), 0o1777);
  return root;
}

function busyboxImage(folder: string, root: string, platform: ImagePlatform): ImageParts {
  const name = [platform.os, platform.architecture, platform.variant].filter(Boolean).join("/");
  fs.writeFileSync(path.join(root, "etc/platform"), `${name}\n`);
  return { platform, layers: [packFolder(folder, root)], config: busyboxConfig(name) };
}

/** Everything that a build inherits. */
function busyboxConfig(platform: string): Readonly<Record<string, unknown>> {
  return {
    Env: ["PATH=/bin", "FROM_BASE=yes"],
    Cmd: ["sh"],
    User: "app",
    WorkingDir: "/home/app",
    Labels: { base: "busybox", platform },
    ExposedPorts: { "8080/tcp": {} },
    Volumes: { "/data": {} },
    StopSignal: "SIGINT",
  };
}

function withUpperLayer(folder: string, image: ImageParts): ImageParts {
  const upper = path.join(folder, "upper");
  fs.mkdirSync(path.join(upper, "etc"), { recursive: true });
  fs.writeFileSync(path.join(upper, "etc/.wh.platform"), "");
  fs.writeFileSync(path.join(upper, "etc/motd"), "of the upper layer\n");
  return { ...image, layers: [...image.layers, packFolder(folder, upper)] };
}

/** A tar of a folder with owners and times fixed. */
function packFolder(scratch: string, root: string): Buffer {
  const file = path.join(scratch, "layer.tar");
  const fixed = ["--sort=name", "--mtime=@1704067200", "--owner=0", "--group=0", "--numeric-owner"];
  runTool("tar", [
    "--format=pax",
    "--pax-option=delete=atime,delete=ctime",
    ...fixed,
    "-cf",
    file,
    "-C",
    root,
    ".",
  ]);
  return fs.readFileSync(file);
}
