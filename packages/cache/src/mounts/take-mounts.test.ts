import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { startChild } from "../../test/support/run-child.js";
import { temporaryFolder } from "../../test/support/temporary-folder.js";
import { type Cache, type MountRequest, type MountSharing, openCache } from "../index.js";
import { currentProcess, formatIdentity } from "../process/process-identity.js";

const opened = async (): Promise<Cache> => openCache({ dir: await temporaryFolder() });

const request = (id: string, sharing: MountSharing = "shared", variant = "root"): MountRequest => ({
  id,
  sharing,
  variant,
  make: (folder) => mkdir(folder),
});

async function withMounts<T>(
  cache: Cache,
  requests: readonly MountRequest[],
  work: (folders: readonly string[]) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  await using lease = await cache.takeMounts(requests, { signal });
  return await work(lease.folders);
}

/** The number of a mount's folder. */
const numberOf = (folder: string | undefined): string => basename(dirname(folder ?? "")).split(".")[1] ?? "";

describe("takeMounts", () => {
  it("keeps what is written from one use to the next", async () => {
    const cache = await opened();
    await withMounts(cache, [request("npm")], async ([folder = ""]) => writeFile(join(folder, "a"), "kept"));
    const read = await withMounts(cache, [request("npm")], async ([folder = ""]) =>
      readFile(join(folder, "a"), "utf8"),
    );
    expect(read).toBe("kept");
  });

  it("gives folders in the order of the requests, and one folder for one mount", async () => {
    const cache = await opened();
    await withMounts(cache, [request("b"), request("a"), request("b", "locked")], (folders) => {
      expect(folders).toHaveLength(3);
      expect(folders[0]).toBe(folders[2]);
      expect(folders[0]).not.toBe(folders[1]);
      return Promise.resolve();
    });
  });

  it("tells mounts of one id and another variant apart", async () => {
    const cache = await opened();
    await withMounts(cache, [request("a"), request("a", "shared", "1000:1000")], ([one, other]) => {
      expect(one).not.toBe(other);
      return Promise.resolve();
    });
  });

  it("tells whether there is a folder for a mount, and makes none for that", async () => {
    const cache = await opened();
    expect(await cache.hasMount(request("a"))).toBe(false);
    await withMounts(cache, [request("a")], () => Promise.resolve());
    expect(await cache.hasMount(request("a"))).toBe(true);
    expect(await cache.hasMount(request("a", "shared", "1000:1000"))).toBe(false);
  });

  it("makes a folder once, aside, and leaves nothing when that fails", async () => {
    const cache = await opened();
    const failing = { ...request("a"), make: () => Promise.reject(new Error("no owner")) };
    await expect(withMounts(cache, [failing], () => Promise.resolve())).rejects.toThrow("no owner");
    expect(await readdir(join(cache.root, "mounts"))).toEqual([]);
    expect(await readdir(join(cache.root, "tmp"))).toEqual([]);
    let made = 0;
    const counting = {
      ...request("a"),
      make: (folder: string) => {
        made += 1;
        return mkdir(folder);
      },
    };
    for (let round = 0; round < 3; round++) await withMounts(cache, [counting], () => Promise.resolve());
    expect(made).toBe(1);
  });

  it("lets others take mounts while a new one is made, and makes one that several want once", async () => {
    const cache = await opened();
    let made = 0;
    let goOn = (): void => undefined;
    const waiting = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const slow = {
      ...request("slow"),
      make: async (folder: string) => {
        made += 1;
        await waiting;
        await mkdir(folder);
      },
    };
    const both = [slow, slow].map((wanted) => withMounts(cache, [wanted], () => Promise.resolve("slow")));
    await expect.poll(() => made).toBe(1);
    // One that is there, and one that is not; their keys begin otherwise.
    for (let time = 0; time < 2; time++) {
      expect(await withMounts(cache, [request("a")], () => Promise.resolve("quick"))).toBe("quick");
    }
    goOn();
    expect(await Promise.all(both)).toEqual(["slow", "slow"]);
    expect(made).toBe(1);
    expect(await readdir(join(cache.root, "tmp"))).toEqual([]);
  });

  it("makes a damaged folder again", async () => {
    const cache = await opened();
    await withMounts(cache, [request("a")], ([folder = ""]) => rm(folder, { recursive: true }));
    await withMounts(cache, [request("a")], async ([folder = ""]) => {
      expect(await readdir(folder)).toEqual([]);
    });
  });

  it("lets all have a shared mount at once", async () => {
    const cache = await opened();
    await withMounts(cache, [request("a")], ([outer]) =>
      withMounts(cache, [request("a")], ([inner]) => {
        expect(inner).toBe(outer);
        return Promise.resolve();
      }),
    );
  });

  it("gives a private mount that is in use one more folder, and the first one again later", async () => {
    const cache = await opened();
    const wanted = [request("a", "private")];
    await withMounts(cache, wanted, ([outer]) =>
      withMounts(cache, wanted, ([inner]) => {
        expect([outer, inner].map(numberOf)).toEqual(["0", "1"]);
        return Promise.resolve();
      }),
    );
    await withMounts(cache, wanted, ([folder]) => Promise.resolve(expect(numberOf(folder)).toBe("0")));
  });

  it.each<[MountSharing, MountSharing]>([
    ["locked", "locked"],
    ["locked", "shared"],
    ["shared", "locked"],
  ])("makes %s use and %s use wait for each other", async (one, other) => {
    const cache = await opened();
    const log: string[] = [];
    const use = (sharing: MountSharing, name: string): Promise<void> =>
      withMounts(cache, [request("a", sharing)], async () => {
        log.push(`in ${name}`);
        await delay(20);
        log.push(`out ${name}`);
      });
    await Promise.all([use(one, "one"), use(other, "other")]);
    expect(log).toHaveLength(4);
    expect(log[1]).toBe(log[0]?.replace("in", "out"));
  });

  it("makes locked use wait for private use", async () => {
    const cache = await opened();
    const lease = await cache.takeMounts([request("a", "private")]);
    const log: string[] = [];
    const waiting = withMounts(cache, [request("a", "locked")], ([folder]) => {
      log.push("locked");
      return Promise.resolve(numberOf(folder));
    });
    await delay(50);
    log.push("released");
    await lease.release();
    expect(await waiting).toBe("0");
    expect(log).toEqual(["released", "locked"]);
  });

  it("takes all mounts or none, so that none waits for who waits for it", async () => {
    const cache = await opened();
    const [a, b] = [request("a", "locked"), request("b", "locked")];
    const pairs = Array.from({ length: 6 }, (_, index) => (index % 2 === 0 ? [a, b] : [b, a]));
    let inside = 0;
    await Promise.all(
      pairs.map((pair) =>
        withMounts(cache, pair, async () => {
          inside += 1;
          expect(inside).toBe(1);
          await delay(2);
          inside -= 1;
        }),
      ),
    );
  });

  it("ends waiting with the signal's reason", async () => {
    const cache = await opened();
    await withMounts(cache, [request("a", "locked")], async () => {
      const waiting = withMounts(
        cache,
        [request("a", "locked")],
        () => Promise.resolve(),
        AbortSignal.timeout(50),
      );
      await expect(waiting).rejects.toMatchObject({ name: expect.stringMatching(/Error$/) });
    });
    await withMounts(cache, [request("a", "locked")], () => Promise.resolve());
  });

  it("passes on how the work fails, and frees the mount", async () => {
    const cache = await opened();
    const failing = withMounts(cache, [request("a", "locked")], () =>
      Promise.reject(new Error("work failed")),
    );
    await expect(failing).rejects.toThrow("work failed");
    await withMounts(cache, [request("a", "locked")], () => Promise.resolve());
  });

  it("waits for another process, and takes over from one that was killed", async () => {
    const cache = await opened();
    await using child = startChild("hold-mount", [dirname(cache.root), "a", "locked"]);
    expect(await child.nextLine()).toBe("held");
    const log: string[] = [];
    const waiting = withMounts(cache, [request("a", "locked")], ([folder = ""]) => {
      log.push("ours");
      return readFile(join(folder, "child"), "utf8");
    });
    await delay(100);
    log.push("killed");
    child.process.kill("SIGKILL");
    expect(await waiting).toBe("was here");
    expect(log).toEqual(["killed", "ours"]);
  });

  it("does not mind a user whose pid another process has by now", async () => {
    const cache = await opened();
    await withMounts(cache, [request("a")], async ([folder = ""]) => {
      const dead = formatIdentity({ ...currentProcess(), start: "1" });
      await writeFile(join(dirname(folder), "users", `${dead}-0011.exclusive`), "");
    });
    await withMounts(cache, [request("a", "locked")], () => Promise.resolve());
  });
});
