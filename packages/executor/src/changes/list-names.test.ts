import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { rootSpace, testPrograms } from "../../test/support/test-space.js";
import { listNames } from "./list-names.js";
import { tarNames } from "./tar-names.js";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "names-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const byTar = (): ReturnType<typeof tarNames> =>
  tarNames({ folder, space: rootSpace, tar: testPrograms.tar });

describe("listNames", () => {
  it("gives what tar gives: kinds, order, no sockets, nothing behind links", async () => {
    const script =
      "mkdir -p a/b a-b é; echo x > a/b/c; echo x > é/f; mkfifo p; ln -s a l; ln -s nowhere m; perl -MSocket -e 'socket(S,AF_UNIX,SOCK_STREAM,0); bind(S,sockaddr_un(\"s\")) or die'";
    const made = spawnSync("bash", ["-ec", script], { cwd: folder });
    expect(made.stderr.toString()).toBe("");
    const names = await listNames({ folder });
    expect([...names]).toEqual([
      ["a", "directory"],
      ["a/b", "directory"],
      ["a/b/c", "other"],
      ["a-b", "directory"],
      ["l", "other"],
      ["m", "other"],
      ["p", "other"],
      ["é", "directory"],
      ["é/f", "other"],
    ]);
    expect([...(await byTar())]).toEqual([...names]);
  });

  it("lists folders of many names in turns, and stops when it is told to", async () => {
    for (let index = 0; index < 3000; index += 1) mkdirSync(join(folder, String(index)));
    writeFileSync(join(folder, "7", "f"), "");
    const names = await listNames({ folder });
    expect(names.size).toBe(3001);
    expect([...names.keys()]).toEqual([...(await byTar()).keys()]);
    const controller = new AbortController();
    const listing = listNames({ folder, signal: controller.signal });
    controller.abort(new Error("enough"));
    await expect(listing).rejects.toThrow("enough");
  });

  it("fails with the system's error where there is no folder", async () => {
    await expect(listNames({ folder: join(folder, "none") })).rejects.toMatchObject({ code: "ENOENT" });
  });
});
