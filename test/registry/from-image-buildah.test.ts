import fs from "node:fs";
import path from "node:path";
import zlib from "node:zlib";
import { build } from "oci-build";
import { beforeAll, describe, expect, it } from "vitest";
import { temporaryFolder, writeFiles } from "../support/build-folder.js";
import { buildWithBuildah } from "../support/buildah.js";
import { finalImageLines } from "../support/final-image.js";
import { readRawImage } from "../support/read-raw-image.js";
import { type BusyboxLayout, busyboxLayout } from "../support/registry/busybox-image.js";
import { toolObstacle, unlessObstacle } from "../support/registry/obstacle.js";
import { type RegistryServer, startRegistry } from "../support/registry/registry-server.js";
import { skopeoCopy } from "../support/registry/skopeo.js";

const obstacle =
  process.getuid?.() === 0
    ? toolObstacle("docker-registry", "skopeo", "buildah", "busybox")
    : "only root can compare owners";

const hasZstd = "createZstdDecompress" in zlib;

/** REGISTRY stands for one registry, OTHER for one that has zstd. What only one builder has, and why that is right. */
interface Case {
  readonly name: string;
  readonly dockerfile: string;
  readonly target?: string;
  readonly buildArgs?: Readonly<Record<string, string>>;
  readonly differs?: {
    readonly why: string;
    readonly ours: readonly string[];
    readonly buildah: readonly string[];
  };
}

const cases: readonly Case[] = [
  { name: "no files", dockerfile: "FROM REGISTRY/busybox:two\nENV A=1" },
  { name: "a file where the base works", dockerfile: "FROM REGISTRY/busybox:two\nCOPY a.txt ./" },
  { name: "a folder below that", dockerfile: "FROM REGISTRY/busybox:two\nWORKDIR sub/deep\nCOPY a.txt ." },
  {
    name: "variables of the base",
    dockerfile:
      "FROM REGISTRY/busybox:two\nENV PATH=/own:$PATH TWICE=$FROM_BASE-$FROM_BASE\nLABEL of=${FROM_BASE}",
  },
  {
    name: "an entry point, which forgets the base's CMD",
    dockerfile: 'FROM REGISTRY/busybox:two\nENTRYPOINT ["cat"]',
  },
  {
    name: "an entry point with a CMD",
    dockerfile: 'FROM REGISTRY/busybox:two\nCMD ["b"]\nENTRYPOINT ["cat"]',
  },
  {
    name: "more of what the base has",
    dockerfile:
      "FROM REGISTRY/busybox:two\nLABEL base=other new=1\nEXPOSE 9090/udp\nVOLUME /more\nSTOPSIGNAL 9\nUSER 0",
  },
  {
    name: "names of the base's users",
    dockerfile: "FROM REGISTRY/busybox:two\nCOPY --chown=app:app a.txt /",
  },
  { name: "a user's own group", dockerfile: "FROM REGISTRY/busybox:two\nCOPY --chown=app a.txt /" },
  { name: "a file over the base's", dockerfile: "FROM REGISTRY/busybox:two\nCOPY a.txt /etc/motd" },
  { name: "a file through a link of the base", dockerfile: "FROM REGISTRY/busybox:two\nCOPY a.txt /bin/" },
  {
    name: "a file where a layer removed one",
    dockerfile: "FROM REGISTRY/busybox:two\nCOPY a.txt /etc/platform",
  },
  {
    name: "files of the base in an empty image",
    dockerfile: "FROM REGISTRY/busybox:two AS base\nFROM scratch\nCOPY --from=base /etc /etc",
  },
  {
    name: "files of an image that no stage names",
    dockerfile: "FROM scratch\nCOPY --from=REGISTRY/busybox:two /bin/sh /etc/motd /x/",
  },
  {
    name: "a base that an argument names",
    dockerfile: "ARG TAG=none\nFROM REGISTRY/busybox:${TAG}\nCOPY a.txt /",
    buildArgs: { TAG: "two" },
  },
  {
    name: "two stages of the same base",
    dockerfile:
      "FROM REGISTRY/busybox:two AS one\nCOPY a.txt /one\nFROM REGISTRY/busybox:two\nCOPY --from=one /one /two",
  },
  { name: "a stage on a stage", dockerfile: "FROM REGISTRY/busybox:two AS one\nENV A=1\nFROM one\nENV B=$A" },
  { name: "triggers of the base", dockerfile: "FROM REGISTRY/busybox:triggers\nENV LAST=$TRIGGERED" },
  {
    name: "a base with triggers that a stage has",
    dockerfile: "FROM REGISTRY/busybox:triggers AS one\nFROM one\nENV B=1",
  },
  { name: "a base in Docker's format", dockerfile: "FROM REGISTRY/busybox:docker\nCOPY a.txt /" },
  { name: "a base with layers of zstd", dockerfile: "FROM OTHER/busybox:two\nCOPY a.txt /etc/" },
];

describe.skipIf(obstacle)(unlessObstacle("images on a base, built by buildah too", obstacle), () => {
  let registry: RegistryServer;
  /** skopeo sends no zstd where it knows the same layer as gzip. */
  let other: RegistryServer;
  let folder: string;
  let store: string;

  beforeAll(async () => {
    [registry, other] = await Promise.all([startRegistry(), startRegistry()]);
    folder = temporaryFolder();
    store = path.join(folder, "store");
    writeFiles(path.join(folder, "context"), { "a.txt": "A", "b/c.txt": "C" });
    const busybox = busyboxLayout();
    const push = (from: string, to: string, ...args: readonly string[]): Promise<void> =>
      skopeoCopy(from, `docker://${registry.name}/${to}`, { args });
    await pushZstd(busybox);
    await push(busybox.image("two-layers"), "busybox:two");
    await push(busybox.image("two-layers"), "busybox:docker", "--format", "v2s2");
    const triggers = path.join(folder, "triggers.tar");
    await buildOurs(triggers, {
      name: "",
      dockerfile:
        "FROM REGISTRY/busybox:two\nONBUILD COPY a.txt /on/\nONBUILD ENV TRIGGERED=yes\nONBUILD WORKDIR /on\nUSER 0",
    });
    await push(`oci-archive:${triggers}`, "busybox:triggers", "--format", "v2s2");
    return async () => {
      await Promise.all([registry.stop(), other.stop()]);
    };
  });

  async function pushZstd(busybox: BusyboxLayout): Promise<void> {
    const plain = path.join(folder, "plain");
    await skopeoCopy(busybox.image("two-layers"), `dir:${plain}`, { args: ["--dest-decompress"] });
    const zstd = { args: ["--dest-compress-format", "zstd"] };
    await skopeoCopy(`dir:${plain}`, `docker://${other.name}/busybox:two`, zstd);
  }

  const textOf = ({ dockerfile }: Case): string =>
    `${dockerfile.replaceAll("REGISTRY", registry.name).replaceAll("OTHER", other.name)}\n`;

  async function buildOurs(dest: string, one: Case): Promise<void> {
    const { target, buildArgs } = one;
    await build({
      context: path.join(folder, "context"),
      dockerfile: { text: textOf(one) },
      cacheDir: path.join(folder, "cache"),
      output: { type: "oci", dest },
      target,
      buildArgs,
    });
  }

  it.for(cases)("with $name", async (one, { skip }) => {
    skip(one.dockerfile.includes("OTHER") && !hasZstd, "needs a Node with zstd");
    const file = path.join(folder, "ours.tar");
    await buildOurs(file, one);
    const ours = await finalImageLines(await readRawImage(file));
    const dockerfile = path.join(folder, "Dockerfile");
    fs.writeFileSync(dockerfile, textOf(one));
    const image = fs.mkdtempSync(path.join(folder, "image-"));
    const buildArgs = Object.entries(one.buildArgs ?? {}).flatMap(([name, value]) => [
      "--build-arg",
      `${name}=${value}`,
    ]);
    const args = ["--tls-verify=false", ...buildArgs];
    const result = await buildWithBuildah({
      store,
      image,
      context: path.join(folder, "context"),
      dockerfile,
      args,
    });
    const buildah = result.ok ? await finalImageLines(result.image) : [result.message];
    expect({
      ours: ours.filter((line) => !buildah.includes(line)).map(cut),
      buildah: buildah.filter((line) => !ours.includes(line)).map(cut),
    }).toEqual({ ours: one.differs?.ours ?? [], buildah: one.differs?.buildah ?? [] });
    expect(ours.length).toBeGreaterThan(2);
  });
});

/** A program is a line, too. */
function cut(line: string): string {
  return line.slice(0, 200);
}
