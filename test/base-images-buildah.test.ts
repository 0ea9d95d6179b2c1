import fs from "node:fs";
import path from "node:path";
import { build } from "oci-build";
import { describe, expect, it } from "vitest";
import { temporaryFolder, writeFiles } from "./support/build-folder.js";
import { buildWithBuildah } from "./support/buildah.js";
import { finalImageLines } from "./support/final-image.js";
import { readRawImage } from "./support/read-raw-image.js";
import { packLayout } from "./support/registry/image-layout.js";
import { hasTool, runTool } from "./support/tools.js";

const isRoot = process.getuid?.() === 0;
const whyNot = isRoot ? "buildah or skopeo is not installed" : "only root can compare owners";
const canCompare = isRoot && hasTool("buildah") && hasTool("skopeo");

/** A base of two layers, the upper of which deletes, replaces and hides, with a config that says everything. */
function packBase(folder: string, config: Readonly<Record<string, unknown>>): void {
  const platform = { os: "linux", architecture: process.arch === "x64" ? "amd64" : process.arch };
  packLayout(folder, "1", [{ platform, layers: [lowerLayer(), upperLayer()], config }]);
}

function lowerLayer(): Buffer {
  const root = temporaryFolder();
  writeFiles(root, {
    "etc/passwd": "root:x:0:0::/root:/bin/sh\napp:x:1000:1001::/home/app:/bin/sh\n",
    "etc/group": "root:x:0:\napp:x:1001:\nextra:x:2000:\n",
    "usr/bin/tool": "lower",
    "usr/lib/a/one": "1",
    "usr/lib/a/two": "2",
    "usr/lib/b/three": "3",
    "srv/data/old": "old",
    "tmp/": "",
  });
  fs.symlinkSync("usr/bin", path.join(root, "bin"));
  fs.symlinkSync("/srv/data", path.join(root, "data"));
  fs.linkSync(path.join(root, "usr/lib/a/one"), path.join(root, "usr/lib/a/same"));
  fs.chmodSync(path.join(root, "tmp"), 0o1777);
  fs.chownSync(path.join(root, "srv/data"), 1000, 1001);
  return tarOf(root);
}

function upperLayer(): Buffer {
  const root = temporaryFolder();
  writeFiles(root, {
    "usr/bin/tool": "upper",
    "usr/lib/a/.wh.two": "",
    "usr/lib/b/.wh..wh..opq": "",
    "usr/lib/b/four": "4",
  });
  return tarOf(root);
}

function tarOf(root: string): Buffer {
  const file = path.join(temporaryFolder(), "layer.tar");
  runTool("tar", ["--sort=name", "--mtime=@1704067200", "--numeric-owner", "-cf", file, "-C", root, "."]);
  return fs.readFileSync(file);
}

const fullConfig = {
  Env: ["PATH=/usr/bin", "BASE=yes", "EMPTY="],
  User: "app:extra",
  WorkingDir: "/srv",
  Entrypoint: ["/bin/tool"],
  Cmd: ["serve"],
  Labels: { of: "base", kept: "yes" },
  ExposedPorts: { "80/tcp": {}, "53/udp": {} },
  Volumes: { "/srv/data": {} },
  StopSignal: "SIGQUIT",
  Shell: ["/bin/tool", "-c"],
  Healthcheck: { Test: ["CMD", "/bin/tool", "check"], Interval: 3_000_000_000, Retries: 4 },
  OnBuild: ["COPY a.txt /triggered/", "ENV TRIGGER=$BASE", "LABEL by=trigger"],
};

const { OnBuild: _, ...withoutTriggers } = fullConfig;

interface BaseCase {
  readonly name: string;
  readonly lines: readonly string[];
  readonly config?: Readonly<Record<string, unknown>>;
}

const cases: readonly BaseCase[] = [
  { name: "takes over all of a config", lines: ["FROM BASE", "LABEL mine=1"], config: withoutTriggers },
  { name: "runs triggers once", lines: ["FROM BASE AS one", "COPY a.txt /one", "FROM one", "LABEL of=mine"] },
  {
    name: "replaces what it says anew",
    config: withoutTriggers,
    lines: [
      ...["FROM BASE", "ENV MORE=$PATH:/more", 'ENTRYPOINT ["/e"]', "USER 5", "WORKDIR data"],
      ...["HEALTHCHECK NONE", "STOPSIGNAL 9", "EXPOSE 81", "VOLUME /v", 'SHELL ["/s"]', 'CMD ["c"]'],
    ],
  },
  {
    name: "gives a PATH to a base without one",
    lines: ["FROM BASE", "ENV A=$PATH"],
    config: { Env: ["X=1"] },
  },
  {
    name: "writes where links of the base lead",
    config: {},
    lines: [
      "FROM BASE",
      "COPY a.txt /bin/",
      "COPY a.txt /data/new",
      "COPY d /tmp/",
      "COPY d/e.txt /usr/lib/a/two",
    ],
  },
  {
    name: "finds names in the account files of the base",
    config: {},
    lines: [
      "FROM BASE",
      "COPY --chown=app a.txt /1",
      "COPY --chown=app:extra d /2/",
      "COPY --chown=7:extra a.txt /3",
    ],
  },
  {
    name: "copies out of an image",
    config: {},
    lines: ["FROM scratch", "COPY --from=BASE /usr/lib /lib", "COPY --from=BASE /etc/passwd /bin/tool /x/"],
  },
  {
    name: "copies out of a stage on an image",
    config: {},
    lines: ["FROM BASE AS one", "COPY a.txt /usr/lib/a/", "FROM scratch", "COPY --from=one /usr /usr"],
  },
];

const BUILDAH_NAME = "localhost/base:1";

let count = 0;
const base = temporaryFolder();

describe.skipIf(!canCompare)(
  `a base image beside buildah${canCompare ? "" : ` (skipped: ${whyNot})`}`,
  () => {
    it.concurrent.each(cases)("$name", { timeout: 60_000 }, async ({ lines, config = fullConfig }) => {
      const folder = path.join(base, String(count++));
      writeFiles(folder, { "context/a.txt": "a", "context/d/e.txt": "e", "layout/": "" });
      packBase(path.join(folder, "layout"), config);
      const text = (name: string): string =>
        `${lines.join("\n").replaceAll("BASE ", `${name} `).replaceAll(/BASE$/gm, name)}\n`;
      const [ours, theirs] = await Promise.all([
        builtByUs(folder, text("base")),
        builtByBuildah(folder, text(BUILDAH_NAME)),
      ]);
      expect(ours).toEqual(theirs);
    });
  },
);

async function builtByUs(folder: string, text: string): Promise<readonly string[]> {
  const dest = path.join(folder, "ours.tar");
  await build({
    context: path.join(folder, "context"),
    dockerfile: { text },
    buildContexts: { base: `oci-layout://${path.join(folder, "layout")}:1` },
    cacheDir: path.join(folder, "cache"),
    output: { type: "oci", dest },
  });
  return finalImageLines(await readRawImage(dest));
}

/** The base is put into buildah's store as an image of Docker's format: of OCI's it drops what is Docker's own. */
async function builtByBuildah(folder: string, text: string): Promise<readonly string[]> {
  const dockerfile = path.join(folder, "Dockerfile");
  fs.writeFileSync(dockerfile, text);
  const store = path.join(folder, "store");
  const inStore = `containers-storage:[vfs@${store}/root+${store}/run]${BUILDAH_NAME}`;
  const layout = `oci:${path.join(folder, "layout")}:1`;
  runTool("skopeo", ["--insecure-policy", "copy", "--quiet", "--format", "v2s2", layout, inStore]);
  const built = await buildWithBuildah({
    ...{ store, dockerfile, image: path.join(folder, "theirs"), context: path.join(folder, "context") },
    args: ["--pull-never"],
  });
  if (!built.ok) throw new Error(`buildah fails: ${built.message}`);
  return finalImageLines(built.image);
}
