import { digestOf } from "@oci-build/oci";
import { describe, expect, it } from "vitest";
import { allBytes, codeOf, seededBytes } from "./support/test-client.js";
import { setUp } from "./support/test-setup.js";

const bytes = seededBytes(500_000, 7);
const digest = digestOf(bytes);

describe("size", () => {
  it("gives bytes as stored, or nothing", async () => {
    await using test = await setUp();
    test.state.addBlob("team/app", bytes);
    expect(await test.repository.size(digest)).toBe(500_000);
    expect(await test.repository.size(digestOf("x"))).toBeUndefined();
    expect(test.lines().every((line) => line.startsWith("HEAD"))).toBe(true);
  });

  it("keeps its connections, however large the blob", async () => {
    const sockets = new Set<unknown>();
    await using test = await setUp({
      intercept: (request, response) => {
        if (request.method !== "HEAD") return false;
        sockets.add(request.socket);
        response.writeHead(200, { "content-length": "500000000" }).end();
        return true;
      },
    });
    for (let at = 0; at < 5; at++) expect(await test.repository.size(digest)).toBe(500_000_000);
    expect(sockets.size).toBeLessThanOrEqual(2);
  });

  it("asks for one byte where the answer to HEAD has no length", async () => {
    await using test = await setUp({
      intercept: (request, response) => {
        if (request.method === "HEAD") response.writeHead(200).end();
        return request.method === "HEAD";
      },
    });
    test.state.addBlob("team/app", bytes);
    expect(await test.repository.size(digest)).toBe(500_000);
  });
});

describe("read", () => {
  it("gives all bytes", async () => {
    await using test = await setUp();
    test.state.addBlob("team/app", bytes);
    expect((await allBytes(test.repository.read(digest))).equals(bytes)).toBe(true);
  });

  it.each([
    [0, 10],
    [100, 200_000],
    [499_999, 1],
    [400_000, undefined],
    [0, 0],
    [500_000, 0],
  ])("gives the part from %d, %d long", async (offset, length) => {
    await using test = await setUp();
    test.state.addBlob("team/app", bytes);
    const part = await allBytes(test.repository.read(digest, { offset, length }));
    expect(part.equals(bytes.subarray(offset, length === undefined ? undefined : offset + length))).toBe(
      true,
    );
  });

  it("asks for no more than the part", async () => {
    await using test = await setUp();
    test.state.addBlob("team/app", bytes);
    await allBytes(test.repository.read(digest, { offset: 5, length: 10 }));
    expect(test.registry.log.at(-1)?.sentBytes).toBeLessThan(1000);
  });

  it("takes a part out of the whole when the registry sends that", async () => {
    await using test = await setUp({
      intercept: (request) => {
        delete request.headers.range;
        return false;
      },
    });
    test.state.addBlob("team/app", bytes);
    const part = await allBytes(test.repository.read(digest, { offset: 300_000, length: 1000 }));
    expect(part.equals(bytes.subarray(300_000, 301_000))).toBe(true);
  });

  it("refuses a part that lies behind the end", async () => {
    await using test = await setUp();
    test.state.addBlob("team/app", bytes);
    const part = test.repository.read(digest, { offset: 600_000, length: 10 });
    expect(await codeOf(allBytes(part))).toBe("REGISTRY_SIZE_MISMATCH");
  });

  it("gives nothing of an empty blob", async () => {
    await using test = await setUp();
    test.state.addBlob("team/app", Buffer.alloc(0));
    expect(await allBytes(test.repository.read(digestOf("")))).toHaveLength(0);
    expect(await allBytes(test.repository.read(digestOf(""), undefined, { size: 0 }))).toHaveLength(0);
  });

  it("says what is missing", async () => {
    await using test = await setUp();
    expect(await codeOf(allBytes(test.repository.read(digest)))).toBe("REGISTRY_BLOB_MISSING");
  });

  it("leaves the comparing to a reader that hashes anyway", async () => {
    await using test = await setUp();
    test.state.repository("team/app").blobs.set(digest, Buffer.from("other"));
    expect(await codeOf(allBytes(test.repository.read(digest)))).toBe("REGISTRY_DIGEST_MISMATCH");
    const trusted = test.repository.read(digest, undefined, { verify: "reader" });
    expect((await allBytes(trusted)).toString()).toBe("other");
  });

  it("lets its reader stop early, and can be used again", async () => {
    await using test = await setUp();
    test.state.addBlob("team/app", bytes);
    for await (const chunk of test.repository.read(digest)) {
      expect(chunk.length).toBeGreaterThan(0);
      break;
    }
    expect((await allBytes(test.repository.read(digest))).length).toBe(500_000);
  });

  it("stops within moments when it is told to", async () => {
    await using test = await setUp({
      intercept: (request, response) => {
        const isBlob = request.url?.includes("/blobs/") === true;
        if (isBlob) response.writeHead(200, { "content-length": "500000" }).write(bytes.subarray(0, 1000));
        return isBlob;
      },
    });
    const stop = new AbortController();
    const started = performance.now();
    setTimeout(() => stop.abort(new RangeError("enough")), 50);
    const read = allBytes(test.repository.read(digest, undefined, { signal: stop.signal }));
    await expect(read).rejects.toThrow("enough");
    expect(performance.now() - started).toBeLessThan(1000);
  });

  it("gives a mirror's bytes, and the registry's where the mirror has none", async () => {
    await using mirror = await setUp();
    await using test = await setUp({}, { settings: () => ({ mirrors: [`http://${mirror.registry.host}`] }) });
    mirror.state.addBlob("team/app", bytes);
    await allBytes(test.repository.read(digest));
    expect(test.lines()).toEqual([]);
    const other = Buffer.from("only here");
    test.state.addBlob("team/app", other);
    expect((await allBytes(test.repository.read(digestOf(other)))).equals(other)).toBe(true);
  });
});
