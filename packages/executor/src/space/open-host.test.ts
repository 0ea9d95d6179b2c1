import { spawnSync } from "node:child_process";
import { readdirSync, statSync } from "node:fs";
import path from "node:path";
import { afterAll, describe, expect, it, type TestContext } from "vitest";
import { childFile } from "../../test/support/child.js";
import {
  childCommand,
  type HostVariant,
  SUBORDINATE_RANGE,
  variantProblem,
} from "../../test/support/host-variants.js";
import { makeFolder, removeFolder } from "../../test/support/temporary-folder.js";

const folders: string[] = [];
afterAll(async () => {
  for (const folder of folders) await removeFolder(folder);
});

interface ChildReport {
  readonly obstacle?: {
    readonly kind: string;
    readonly detail: string;
    readonly settings: readonly string[];
  };
  readonly opened?: {
    readonly mapping: string;
    readonly id: string;
    readonly single?: unknown;
    readonly overlay: unknown;
  };
  readonly results: readonly { readonly status: number; readonly stdout: string; readonly stderr: string }[];
  readonly folder: string;
}

/** What the child of each variant runs as root of its id space. */
const scripts = ["id -u", "touch own", "touch other && chown 1000:65533 other"] as const;
const reports = new Map<HostVariant, ChildReport>();

/** What a child of a variant found; each variant has one for all tests. */
function openAs(variant: HostVariant, context: TestContext): ChildReport {
  const problem = variantProblem(variant);
  context.skip(problem !== undefined, problem);
  const report = reports.get(variant) ?? runChild(variant);
  reports.set(variant, report);
  return report;
}

function runChild(variant: HostVariant): ChildReport {
  const folder = makeFolder();
  folders.push(folder);
  const args = [path.join(folder, "dir"), ...scripts];
  const [program, ...rest] = childCommand(variant, { child: childFile("open-host"), folder, args });
  const { stdout, stderr } = spawnSync(program, rest, { encoding: "utf8" });
  if (!stdout.startsWith("{")) throw new Error(`the child ended: ${stdout}${stderr}`);
  return { ...(JSON.parse(stdout) as Omit<ChildReport, "folder">), folder };
}

const trustedOrUser = (xattrs: string): unknown => ({
  xattrs,
  volatile: expect.stringMatching(/^(taken|refused)$/),
});

describe("openHost", () => {
  it.for<[HostVariant, unknown]>([
    ["root", { mapping: "root", id: "root", overlay: trustedOrUser("trusted") }],
    [
      "root that may not mount",
      {
        mapping: "subordinate",
        id: expect.stringMatching(/^subordinate-[0-9a-f]{16}$/),
        overlay: trustedOrUser("user"),
      },
    ],
    [
      "user with subordinate ids",
      {
        mapping: "subordinate",
        id: expect.stringMatching(/^subordinate-[0-9a-f]{16}$/),
        origin: "made",
        idCount: SUBORDINATE_RANGE.count + 1,
        overlay: trustedOrUser("user"),
      },
    ],
    [
      "user without subordinate ids",
      {
        mapping: "single",
        id: expect.stringMatching(/^single-[0-9a-f]{16}$/),
        single: { kind: "no-range", file: "/etc/subuid" },
        overlay: trustedOrUser("user"),
      },
    ],
    [
      "root of a container",
      {
        mapping: "subordinate",
        id: expect.stringMatching(/^subordinate-[0-9a-f]{16}$/),
        origin: "own",
        idCount: SUBORDINATE_RANGE.count,
        overlay: trustedOrUser("user"),
      },
    ],
    [
      "root of a container with one id",
      { mapping: "single", origin: "own", single: { kind: "around" }, overlay: trustedOrUser("user") },
    ],
  ])("opens the id space of a %s, and leaves nothing in its folder", ([variant, opened], context) => {
    const report = openAs(variant, context);
    expect(report).toMatchObject({ opened });
    expect(readdirSync(path.join(report.folder, "dir")).filter((name) => /^(host|probe)/.test(name))).toEqual(
      [],
    );
  });

  it.for<[HostVariant, string, unknown]>([
    [
      "root that may make no namespaces",
      "namespaces-refused",
      {
        detail: expect.stringContaining("unshare"),
        settings: ["user.max_user_namespaces=15000", "user.max_mnt_namespaces=15000"],
      },
    ],
    ["user below a masked /proc", "mount-refused", { detail: expect.stringContaining("mount") }],
  ])("tells of a %s that it has %s", ([variant, kind, facts], context) => {
    const report = openAs(variant, context);
    expect(report.opened).toBeUndefined();
    expect(report.obstacle).toMatchObject({ kind, ...(facts as object) });
  });

  it("gives each id of an image one of its own where there are subordinate ids", (context) => {
    const { results, folder } = openAs("user with subordinate ids", context);
    expect(results).toMatchObject([{ stdout: "0\n" }, { status: 0 }, { status: 0, stderr: "" }]);
    const owners = ["own", "other"].map((name) => {
      const { uid, gid } = statSync(path.join(folder, "dir", name));
      return [uid, gid];
    });
    const before = SUBORDINATE_RANGE.start - 1;
    expect(owners).toEqual([
      [65534, 65534],
      [before + 1000, before + 65533],
    ]);
  });

  it("has root alone where there are none", (context) => {
    const { results } = openAs("user without subordinate ids", context);
    expect(results).toMatchObject([{ stdout: "0\n" }, { status: 0 }, { status: 1 }]);
  });
});
