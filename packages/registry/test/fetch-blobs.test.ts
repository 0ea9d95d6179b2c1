import { type Descriptor, type Digest, digestOf } from "@oci-build/oci";
import { describe, expect, it } from "vitest";
import { fetchBlobs } from "../src/transfer/fetch-blobs.js";
import { MemorySink } from "./support/memory-sink.js";
import { codeOf, seededBytes } from "./support/test-client.js";
import { setUp } from "./support/test-setup.js";

const blobs = [3_000_000, 20, 1_500_000, 0, 700_000].map((size, at) => seededBytes(size, at + 20));
const wanted = blobs.map((bytes) => ({ digest: digestOf(bytes), size: bytes.length }));

describe("fetchBlobs", () => {
  it("brings all, the largest first and each once", async () => {
    await using test = await setUp();
    for (const bytes of blobs) test.state.addBlob("team/app", bytes);
    const sink = new MemorySink();
    const fetched = await fetchBlobs(test.repository, [...wanted, ...wanted], { sink, concurrency: 1 });
    expect(fetched.map(({ size, outcome }) => [size, outcome])).toEqual(
      [3_000_000, 1_500_000, 700_000, 20, 0].map((size) => [size, "fetched"]),
    );
    for (const bytes of blobs) expect(sink.blobs.get(digestOf(bytes))?.equals(bytes)).toBe(true);
  });

  it("asks for nothing that is there", async () => {
    await using test = await setUp();
    const sink = new MemorySink(blobs);
    const fetched = await fetchBlobs(test.repository, wanted, { sink });
    expect(new Set(fetched.map(({ outcome }) => outcome))).toEqual(new Set(["present"]));
    expect(test.lines()).toEqual([]);
  });

  it("runs no more at a time than it may", async () => {
    let running = 0;
    let most = 0;
    await using test = await setUp({
      intercept: async (request, response) => {
        if (request.url?.includes("/blobs/") !== true) return false;
        most = Math.max(most, ++running);
        response.on("close", () => running--);
        await new Promise((resolve) => setTimeout(resolve, 20));
        return false;
      },
    });
    for (const bytes of blobs) test.state.addBlob("team/app", bytes);
    await fetchBlobs(test.repository, wanted, { sink: new MemorySink(), concurrency: 2 });
    expect(most).toBe(2);
  });

  it("tells how far each is", async () => {
    await using test = await setUp();
    for (const bytes of blobs) test.state.addBlob("team/app", bytes);
    const done = new Map<Digest, number>();
    await fetchBlobs(test.repository, wanted, {
      sink: new MemorySink(),
      onProgress: ({ digest, doneBytes }) => void done.set(digest, doneBytes),
    });
    const expected = wanted.filter(({ size }) => size > 0).map(({ digest, size }) => [digest, size] as const);
    expect(done).toEqual(new Map(expected));
  });

  it.each<[string, (blob: Descriptor | (typeof wanted)[0]) => Buffer, string]>([
    ["other bytes", ({ size }) => Buffer.alloc(size, 1), "REGISTRY_DIGEST_MISMATCH"],
    ["fewer bytes", ({ size }) => Buffer.alloc(size - 1), "REGISTRY_SIZE_MISMATCH"],
    ["more bytes", ({ size }) => Buffer.alloc(size + 1), "REGISTRY_SIZE_MISMATCH"],
  ])("keeps nothing of %s, and stops the others", async (_, made, code) => {
    await using test = await setUp();
    for (const bytes of blobs) test.state.addBlob("team/app", bytes);
    const [first] = wanted;
    if (first === undefined) throw new Error("no blob");
    test.state.repository("team/app").blobs.set(first.digest, made(first));
    const sink = new MemorySink();
    expect(await codeOf(fetchBlobs(test.repository, wanted, { sink, concurrency: 1 }))).toBe(code);
    expect([sink.blobs.size, sink.openWriters]).toEqual([0, 0]);
  });

  it.each([
    ["other bytes", 0],
    ["fewer bytes", -1],
    ["more bytes", 1],
  ])("fetches from the registry itself that of which a mirror has %s", async (_, more) => {
    await using mirror = await setUp();
    await using test = await setUp({}, { settings: () => ({ mirrors: [`http://${mirror.registry.host}`] }) });
    for (const bytes of blobs) {
      test.state.addBlob("team/app", bytes);
      mirror.state
        .repository("team/app")
        .blobs.set(digestOf(bytes), Buffer.alloc(Math.max(bytes.length + more, 0), 9));
    }
    const sink = new MemorySink();
    await fetchBlobs(test.repository, wanted, { sink });
    for (const bytes of blobs) expect(sink.blobs.get(digestOf(bytes))?.equals(bytes)).toBe(true);
  });

  it("differs: layers that an image says to be elsewhere are asked of the registry alone", async () => {
    await using elsewhere = await setUp();
    await using test = await setUp();
    const [here, missing] = wanted;
    if (here === undefined || missing === undefined) throw new Error("no blobs");
    for (const bytes of blobs) elsewhere.state.addBlob("team/app", bytes);
    test.state.addBlob("team/app", blobs[0] ?? Buffer.alloc(0));
    const at = `http://${elsewhere.registry.host}/v2/team/app/blobs/${missing.digest}`;
    const sink = new MemorySink();
    await fetchBlobs(test.repository, [{ ...here, urls: [at] }], { sink });
    const urls = [`${at.replace("://", "://me:secret@")}?token=secret`];
    const failure: unknown = await fetchBlobs(test.repository, [{ ...missing, urls }], { sink }).catch(
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({
      code: "REGISTRY_BLOB_MISSING",
      message: expect.stringMatching(new RegExp(`; the image says that it is at ${at}$`)),
      hint: expect.stringContaining("Only registries are asked"),
    });
    expect(elsewhere.lines()).toEqual([]);
  });

  it("fails with the sink's error, and leaves nothing half-written", async () => {
    await using test = await setUp();
    for (const bytes of blobs) test.state.addBlob("team/app", bytes);
    const sink = new MemorySink([], { failAtByte: 1_200_000 });
    await expect(fetchBlobs(test.repository, wanted, { sink })).rejects.toThrow("the disk is full");
    expect(sink.openWriters).toBe(0);
  });
});
