import { digestOf } from "@oci-build/oci";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { tree, treeEntries } from "../testing/tree-lines.js";
import { contentDigest } from "./content-digest.js";
import { type ContentEntry, digestedEntries } from "./content-entry.js";

const contentOf = async (...lines: readonly string[]): Promise<string> =>
  contentDigest(await digestedEntries(tree(...lines)));

const base = "file a 0644 1:2 'text' user.a=b";

describe("contentDigest", () => {
  it.each([
    ["nothing", [], "sha256:e43e4b980be692ac2f1b816f9c8a57f68d3b6124266236cb336236e0835f193a"],
    [
      "a file",
      ["file a 0644 'text'"],
      "sha256:60010c33af9052fc7167cc8bac4d9f0722991957d0f32cfd23af24e454d9f757",
    ],
    [
      "every type",
      [
        "dir d 0755 1:2",
        "block d/b 0660 8,1",
        "char d/c 0666 1,3",
        "fifo d/f 0600",
        "file d/g 04755 'x' user.n=v",
        "hardlink d/h -> d/g",
        "link d/l -> ../ü",
      ],
      "sha256:35e0096d1cfcf28cb0c1b7caaeb45095bfd1126dc5e5b3b80212653f831e07b9",
    ],
  ])("of %s never changes within a format", async (_, lines, digest) => {
    expect(await contentOf(...lines)).toBe(digest);
  });

  it.each([
    ["path", "file b 0644 1:2 'text' user.a=b"],
    ["mode", "file a 0645 1:2 'text' user.a=b"],
    ["set-id bits", "file a 04644 1:2 'text' user.a=b"],
    ["uid", "file a 0644 2:2 'text' user.a=b"],
    ["gid", "file a 0644 1:3 'text' user.a=b"],
    ["bytes", "file a 0644 1:2 'test' user.a=b"],
    ["size", "file a 0644 1:2 'tex' user.a=b"],
    ["attribute value", "file a 0644 1:2 'text' user.a=c"],
    ["attribute name", "file a 0644 1:2 'text' user.b=b"],
    ["attributes", "file a 0644 1:2 'text'"],
    ["type", "fifo a 0644 1:2 user.a=b"],
  ])("changes with the %s of an entry", async (_, line) => {
    expect(await contentOf(line)).not.toBe(await contentOf(base));
  });

  it("does not change with times", async () => {
    expect(await contentOf(`${base} @99`)).toBe(await contentOf(base));
  });

  it.each([
    ["a link's target", ["link a -> b"], ["link a -> c"]],
    ["device numbers", ["char a 1,3"], ["char a 1,4"]],
    ["kinds of devices", ["char a 1,3"], ["block a 1,3"]],
    ["hard links and copies", ["file a 0644 'x'", "hardlink b -> a"], ["file a 0644 'x'", "file b 0644 'x'"]],
    [
      "which names are links of each other",
      ["file a 0644 'x'", "hardlink b -> a", "file c 0644 'x'", "hardlink d -> c"],
      ["file a 0644 'x'", "file b 0644 'x'", "hardlink c -> b", "hardlink d -> a"],
    ],
  ])("tells %s apart", async (_, a, b) => {
    expect(await contentOf(...a)).not.toBe(await contentOf(...b));
  });

  it("takes one lone name of a link group as a plain file", async () => {
    const entries = await digestedEntries(tree("file a 0644 'x'", "hardlink b -> a"));
    expect(contentDigest(entries.slice(1))).toBe(await contentOf("file b 0644 'x'"));
  });

  it("does not mind whether a hard link is an entry of its own or a group", async () => {
    const lines = ["file a 0644 'x'", "hardlink b -> a", "hardlink c -> b"];
    const digest = digestOf("x");
    const asEntries = treeEntries(...lines).map((entry) =>
      entry.type === "file" ? { ...entry, digest } : entry,
    );
    expect(contentDigest(asEntries)).toBe(await contentOf(...lines));
  });

  it("does not mind the order of extended attributes", () => {
    const [file] = treeEntries("dir a 0755");
    if (file?.type !== "directory") expect.unreachable();
    const xattrs: [string, Uint8Array][] = [
      ["user.a", Buffer.from("1")],
      ["user.b", Buffer.from("2")],
    ];
    const reversed = contentDigest([{ ...file, xattrs: new Map(xattrs.toReversed()) }]);
    expect(reversed).toBe(contentDigest([{ ...file, xattrs: new Map(xattrs) }]));
  });

  it("counts whiteouts and opaque marks, also beside an entry of their path", () => {
    const digests = [
      contentDigest(treeEntries("dir a 0755") as ContentEntry[]),
      contentDigest(treeEntries("dir a 0755", "opaque a") as ContentEntry[]),
      contentDigest(treeEntries("whiteout a", "dir a 0755") as ContentEntry[]),
      contentDigest(treeEntries("whiteout a") as ContentEntry[]),
    ];
    expect(new Set(digests).size).toBe(4);
  });

  it.each([
    ["dir b 0755", "dir a 0755"],
    ["dir a 0755", "dir a 0755"],
    ["dir a-b 0755", "fifo a/b 0755"],
  ])("refuses %j before %j", (...lines) => {
    const digest = () => contentDigest(treeEntries(...lines) as ContentEntry[]);
    expect(digest).toThrow(expect.objectContaining({ code: "SNAPSHOT_ENTRY_ORDER" }));
  });

  it("is injective on the boundaries of fields and entries", () => {
    const text = fc.constantFrom("", "a", "b", "ab", "\udc80", "ü", "a\0");
    const number = fc.constantFrom(0, 1, 256, 2 ** 21, 2 ** 32 - 1);
    const xattrs = fc.array(fc.tuple(text, text), { maxLength: 2 }).map((pairs) => {
      return new Map(pairs.map(([name, value]) => [name, new TextEncoder().encode(value)]));
    });
    const meta = { mode: number, uid: number, gid: number, mtimeSec: fc.constant(0), xattrs };
    const entry = fc.oneof(
      fc.record({ type: fc.constant("directory" as const), path: text, ...meta }),
      fc.record({ type: fc.constant("symlink" as const), path: text, target: text, ...meta }),
      fc.record({ type: fc.constant("fifo" as const), path: text, ...meta }),
      fc.record({ type: fc.constant("hardlink" as const), path: text, target: text, ...meta }),
      fc.record({ type: fc.constant("whiteout" as const), path: text }),
      fc.record({
        ...{ type: fc.constant("file" as const), path: text, size: number, ...meta },
        digest: text.map((value) => digestOf(value)),
      }),
    );
    const list = fc.uniqueArray(entry, { maxLength: 3, selector: ({ path }) => path }).map((entries) => {
      return entries.toSorted((a, b) => (a.path < b.path ? -1 : 1)) as readonly ContentEntry[];
    });
    fc.assert(
      fc.property(list, list, (a, b) => {
        expect(contentDigest(a) === contentDigest(b)).toBe(describeContent(a) === describeContent(b));
      }),
      { numRuns: 500 },
    );
  });
});

/** What the digest is of, written in a way that is surely unambiguous. Targets of links to links are not chased: the
 * entries above never have them. */
function describeContent(entries: readonly ContentEntry[]): string {
  return JSON.stringify(entries, (_, value: unknown) => {
    if (value instanceof Map)
      return [...value].sort().map(([name, bytes]) => [name, [...(bytes as Uint8Array)]]);
    if (typeof value !== "object" || value === null || !("type" in value) || value.type !== "hardlink")
      return value;
    return { ...value, mode: 0, uid: 0, gid: 0, xattrs: undefined };
  });
}
