import fs from "node:fs";
import path from "node:path";
import { encodeEntryHeader, isOciBuildError } from "@oci-build/oci";
import { build } from "oci-build";
import { describe, expect, it } from "vitest";
import { temporaryFolder, writeFiles } from "./support/build-folder.js";
import { packLayout } from "./support/registry/image-layout.js";
import { hasTool, runTool } from "./support/tools.js";

/** What `docs/dockerfile-support.md` says, row by row, with a Dockerfile that shows it. `planned` is refused before
 * the build starts. */
const rows: readonly (readonly [feature: string, status: "supported" | "planned", lines: string])[] = [
  ["FROM scratch", "supported", "FROM scratch"],
  ["FROM an earlier stage", "supported", "FROM scratch AS a\nCOPY a.txt /\nFROM a"],
  ["FROM an image", "supported", "FROM image"],
  ["FROM --platform", "supported", "FROM --platform=linux/arm64 scratch"],
  ["COPY: several sources, wildcards, directories", "supported", "FROM scratch\nCOPY a.txt d* /x/"],
  [
    "COPY --from a stage",
    "supported",
    "FROM scratch AS a\nCOPY a.txt /\nFROM scratch\nCOPY --from=a /a.txt /",
  ],
  ["COPY --from an image", "supported", "FROM scratch\nCOPY --from=image /f /etc/"],
  [
    "COPY --chown, --chmod (octal and symbolic)",
    "supported",
    "FROM scratch\nCOPY --chown=1:2 --chmod=u=rwX,go=rX a.txt /",
  ],
  [
    "COPY --exclude, --parents, --link",
    "supported",
    "FROM scratch\nCOPY --exclude=*.md --parents d/e.txt /\nCOPY --link a.txt /l/",
  ],
  ["COPY and ADD of here-documents", "supported", "FROM scratch\nCOPY <<EOF /motd\nhi\nEOF"],
  ["ADD of files and directories", "supported", "FROM scratch\nADD a.txt d /x/"],
  ["ADD of tar archives, plain and gzip", "supported", "FROM scratch\nADD a.tar.gz /x/"],
  ["ADD --unpack=false", "supported", "FROM scratch\nADD --unpack=false a.tar.gz /x/"],
  ["ADD of a URL or a git repository", "planned", "FROM scratch\nADD https://example.com/x /"],
  ["WORKDIR", "supported", "FROM scratch\nWORKDIR /a/b"],
  ["ENV, ARG, LABEL", "supported", "ARG v=1\nFROM scratch\nARG v\nENV a=$v\nLABEL b=$a"],
  [
    "CMD, ENTRYPOINT, SHELL",
    "supported",
    'FROM scratch\nSHELL ["/bin/bash", "-c"]\nENTRYPOINT ["/x"]\nCMD run',
  ],
  [
    "EXPOSE, USER, VOLUME, STOPSIGNAL, HEALTHCHECK",
    "supported",
    "FROM scratch\nEXPOSE 80/tcp\nUSER 1\nVOLUME /v\nSTOPSIGNAL TERM\nHEALTHCHECK CMD true",
  ],
  ["MAINTAINER", "supported", "FROM scratch\nMAINTAINER me"],
  ["ONBUILD", "supported", "FROM scratch AS a\nONBUILD COPY a.txt /\nFROM a"],
  ["RUN", "supported", "FROM scratch\nCOPY busybox /bin/sh\nRUN echo hi > /x"],
  ["RUN --device", "planned", "FROM scratch\nRUN --device=vendor.com/device=all make"],
];

/** Static, so that it runs alone; another name of it runs as that. */
const BUSYBOX = "/bin/busybox";
const whyNoRun = fs.existsSync(BUSYBOX) ? undefined : `${BUSYBOX} is not installed`;

/** A tar with one empty file. */
function tarOf(name: string): Buffer {
  const meta = { mode: 0o644, uid: 0, gid: 0, mtimeSec: 0 };
  const header = encodeEntryHeader({ type: "file", path: name, size: 0, ...meta, xattrs: undefined });
  return Buffer.concat([header, Buffer.alloc(1024)]);
}

const context = temporaryFolder();
writeFiles(context, { "a.txt": "a", "d/e.txt": "e", "d/f.md": "f" });
if (whyNoRun === undefined) fs.copyFileSync(BUSYBOX, path.join(context, "busybox"));
packLayout(path.join(context, "image"), "1", [
  { platform: { os: "linux", architecture: "amd64" }, layers: [tarOf("f")], config: {} },
]);
if (hasTool("tar")) runTool("tar", ["-czf", "a.tar.gz", "a.txt"], context);

async function outcome(lines: string): Promise<string> {
  const buildContexts = { image: `oci-layout://${path.join(context, "image")}` };
  const options = {
    context,
    buildContexts,
    dockerfile: { text: `${lines}\n` },
    cacheDir: path.join(context, "cache"),
  };
  try {
    await build({ ...options, output: { type: "none" } });
    return "supported";
  } catch (error) {
    if (!isOciBuildError(error)) throw error;
    const { diagnostics = [] } = error.data as { diagnostics?: readonly { rule: string }[] };
    const isPlanned = diagnostics.some(({ rule }) => /_(UNSUPPORTED|UNAVAILABLE)$/.test(rule));
    return isPlanned ? "planned" : error.message;
  }
}

describe("docs/dockerfile-support.md", () => {
  it.for(rows)("%s: %s", async ([feature, status, lines], { skip }) => {
    if (feature === "RUN") skip(whyNoRun !== undefined, whyNoRun);
    expect(await outcome(lines)).toBe(status);
  });

  it("says the same", () => {
    const text = fs.readFileSync(path.join(import.meta.dirname, "../docs/dockerfile-support.md"), "utf8");
    const told = [...text.matchAll(/^\| ([^|]+?) +\| (supported|planned) +\|/gm)].map(
      ([, feature, status]) => [feature?.replaceAll("`", ""), status],
    );
    expect(told).toEqual(rows.map(([feature, status]) => [feature, status]));
  });
});
