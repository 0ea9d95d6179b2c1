import type { Cache } from "@oci-build/cache";
import { digestOf, OciBuildError } from "@oci-build/oci";
import { describe, expect, it } from "vitest";
import { repairBlobs } from "./repair-blobs.js";

const [first, second] = [digestOf("first"), digestOf("second")];

function damage(digest: string, code = "CACHE_BLOB_CORRUPT"): OciBuildError {
  return new OciBuildError(code, 3, { message: `damaged: ${digest}`, data: { digest } });
}

/** Does work that fails with each of some errors in turn, and succeeds then. */
async function repaired(
  errors: readonly unknown[],
  { repeatable = true } = {},
): Promise<{ readonly ended: unknown; readonly forgotten: readonly string[]; readonly warned: number }> {
  const forgotten: string[] = [];
  const forget = (digest: string): Promise<void> => Promise.resolve(void forgotten.push(digest));
  const cache = { blobs: { forget } } as unknown as Cache;
  const left = [...errors];
  let warned = 0;
  const work = (): Promise<string> =>
    left.length === 0 ? Promise.resolve("done") : Promise.reject(left.shift() as Error);
  const emit = (): void => {
    warned += 1;
  };
  const ended = await repairBlobs(work, { cache, repeatable, emit }).catch((error: unknown) => error);
  return { ended, forgotten, warned };
}

describe("repairBlobs", () => {
  it.each(["CACHE_BLOB_CORRUPT", "CACHE_BLOB_MISSING", "LAYER_SEGMENT_CORRUPT"])(
    "does the work again without the blob that %s names, and says so",
    async (code) => {
      expect(await repaired([damage(first, code)])).toEqual({ ended: "done", forgotten: [first], warned: 1 });
    },
  );

  it("gives each blob one chance", async () => {
    const again = damage(first);
    expect(await repaired([damage(first), damage(second)])).toMatchObject({ ended: "done", warned: 2 });
    expect(await repaired([damage(first), damage(second), again])).toEqual({
      ended: again,
      forgotten: [first, second, first],
      warned: 2,
    });
  });

  it("forgets the blob, and does nothing again, where some of the result has left already", async () => {
    const error = damage(first);
    expect(await repaired([error], { repeatable: false })).toEqual({
      ended: error,
      forgotten: [first],
      warned: 0,
    });
  });

  it.each([
    ["another code", damage(first, "CACHE_IO_FAILED")],
    ["no digest", new OciBuildError("CACHE_BLOB_CORRUPT", 3, { message: "damaged", data: {} })],
    ["no code", new Error("damaged")],
  ])("passes on an error with %s", async (_, error) => {
    expect(await repaired([error])).toEqual({ ended: error, forgotten: [], warned: 0 });
  });
});
