import { chownSync, lstatSync, mkdirSync, readdirSync, symlinkSync } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { parseContentDigest } from "@oci-build/oci";
import { describe, expect, it } from "vitest";
import { writes } from "../../test/support/made-up-layer.js";
import { temporaryFolder } from "../../test/support/temporary-folder.js";
import { type Cache, exportCache, keyField, openCache, stepKey } from "../index.js";
import { giveFolder, giveToOwner, storeOwner } from "./store-owner.js";

const USER = { uid: 4321, gid: 4322 };
const isRoot = process.geteuid?.() === 0;

/** A folder of the user, and whose everything below it is. */
async function userFolder(): Promise<string> {
  const folder = await temporaryFolder();
  chownSync(folder, USER.uid, USER.gid);
  return folder;
}

function ownersBelow(folder: string): ReadonlySet<string> {
  const paths = readdirSync(folder, { recursive: true, encoding: "utf8" });
  return new Set(
    paths.map((path) => {
      const { uid, gid } = lstatSync(join(folder, path));
      return `${uid}:${gid}`;
    }),
  );
}

const key = stepKey([keyField("name", "string", "a")]);

/** Writes one of everything that a build writes. */
async function use(cache: Cache): Promise<void> {
  const lease = await cache.lease();
  const layer = await cache.writeLayer(writes("a"));
  const digest = parseContentDigest(`sha256:${"c".repeat(64)}`);
  await cache.record(key, { stepName: "a", content: { digest, form: "f", layer } });
  const { mediaType, size } = layer;
  await cache.tagImage("name", { mediaType, digest: layer.digest, size });
  await cache.rememberOutput({ path: "/x", content: layer.digest, stat: "", blobs: [] });
  await cache.tidy("unlimited");
  await cache.withLock("held", () => Promise.resolve(expect(ownersBelow(cache.root).size).toBe(1)));
  await lease.release();
}

describe.runIf(isRoot)("root in a store of another user (skipped elsewhere: needs root)", () => {
  it("gives all that it makes to whom the store belongs to, or the folder of a new one", async () => {
    const folder = await userFolder();
    const dir = join(folder, "deep", "cache");
    const cache = await openCache({ dir });
    await use(cache);
    await exportCache({ dir: join(folder, "export"), others: "remove" }, (target) =>
      target.add(key.digest, cache, () => true),
    );
    await cache.unpackedFolder();
    expect(ownersBelow(folder)).toEqual(new Set(["4321:4322"]));
    chownSync(folder, 0, 0);
    await use(await openCache({ dir }));
    expect(ownersBelow(folder)).toEqual(new Set(["4321:4322"]));
  });

  it("keeps what commands left in a cache mount, whose files may act as root", async () => {
    const dir = await userFolder();
    const cache = await openCache({ dir });
    const make = (folder: string): Promise<void> => Promise.resolve(mkdirSync(folder, { mode: 0o755 }));
    await using mounts = await cache.takeMounts([{ id: "npm", sharing: "shared", variant: "", make }]);
    const { uid, mode } = lstatSync(join(mounts.folders[0] ?? "", ".."));
    expect([uid, mode & 0o777]).toEqual([0, 0o700]);
    expect(lstatSync(join(cache.root, "mounts")).uid).toBe(USER.uid);
  });

  it("gives nothing away that it has not made", async () => {
    const folder = await temporaryFolder();
    mkdirSync(join(folder, "of root"));
    symlinkSync("of root", join(folder, "link"));
    mkdirSync(join(folder, "of somebody"));
    chownSync(join(folder, "of somebody"), 99, 99);
    await expect(giveFolder(join(folder, "link"), USER)).rejects.toMatchObject({ syscall: "open" });
    await giveFolder(join(folder, "of somebody"), USER);
    expect(ownersBelow(folder)).toEqual(new Set(["0:0", "99:99"]));
  });

  it("goes on where a file system takes no owners", async () => {
    const handle = await open("/proc/self/comm", "r");
    await expect(giveToOwner(handle, USER)).resolves.toBeUndefined();
    await handle.close();
  });

  it("keeps its own in a store of its own", async () => {
    expect(storeOwner(await temporaryFolder())).toBeUndefined();
    expect(storeOwner(join(await userFolder(), "new"))).toEqual(USER);
  });
});
