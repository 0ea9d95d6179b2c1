import { spawnSync } from "node:child_process";
import { readTar } from "@oci-build/oci";

/** Members as one line each: type, path, mode, owner, time, device, attributes, target or bytes; what is 0:0 and @0 is
 * left out. */
export async function tarLines(tar: Uint8Array): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const { entry, body } of readTar(chunksOf(tar))) {
    const data: Buffer[] = [];
    for await (const chunk of body) data.push(Buffer.from(chunk));
    found.push(
      [
        entry.type,
        entry.path,
        entry.mode.toString(8),
        ...(entry.uid === 0 && entry.gid === 0 ? [] : [`${entry.uid}:${entry.gid}`]),
        ...(entry.mtimeSec === 0 ? [] : [`@${entry.mtimeSec}`]),
        ...("deviceMajor" in entry ? [`${entry.deviceMajor},${entry.deviceMinor}`] : []),
        ...[...(entry.xattrs ?? [])].map(
          ([name, value]) => `${name}=${Buffer.from(value).toString("latin1")}`,
        ),
        ...("target" in entry ? [`-> ${entry.target}`] : []),
        ...data.map(String),
      ].join(" "),
    );
  }
  return found;
}

/** What a folder of the host holds, read by GNU tar: see `tarLines`. */
export async function folderLines(folder: string): Promise<readonly string[]> {
  const tar = spawnSync(
    "tar",
    [
      "-c",
      "--sort=name",
      "--numeric-owner",
      "--format=posix",
      "--xattrs",
      "--xattrs-include=*",
      "-C",
      folder,
      ".",
    ],
    { env: { ...process.env, LC_ALL: "C" }, maxBuffer: 64 * 1024 * 1024 },
  );
  if (tar.status !== 0) throw new Error(tar.stderr.toString());
  return (await tarLines(tar.stdout)).map((line) => line.replace(/^(\S+) \.\//, "$1 "));
}

async function* chunksOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
}
