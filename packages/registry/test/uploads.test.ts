import type { IncomingMessage, ServerResponse } from "node:http";
import { digestOf } from "@oci-build/oci";
import { describe, expect, it } from "vitest";
import { codeOf, seededBytes } from "./support/test-client.js";
import { setUp, type TestSetup } from "./support/test-setup.js";

const MIB = 1024 * 1024;
const small = seededBytes(300_000, 11);
/** More than what goes in one request. */
const large = Buffer.alloc(9 * MIB, seededBytes(4096, 12));

async function* chunksOf(bytes: Buffer): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += MIB) yield bytes.subarray(at, at + MIB);
}

function write(test: TestSetup, bytes: Buffer, onBytes?: (count: number) => void) {
  const open = () => chunksOf(bytes);
  return test.repository.writeBlob({ digest: digestOf(bytes), size: bytes.length }, { open, onBytes });
}

function held(test: TestSetup, bytes: Buffer): boolean {
  return test.state.repository("team/app").blobs.get(digestOf(bytes))?.equals(bytes) === true;
}

/** Cuts the first so many requests of a method once this much of their body has come. */
function cutting(method: string, { times, atByte }: { readonly times: number; readonly atByte: number }) {
  let left = times;
  return (request: IncomingMessage, _response: ServerResponse): boolean => {
    if (request.method !== method || request.url?.includes("/uploads/") !== true || left === 0) return false;
    left--;
    let seen = 0;
    request.on("data", (chunk: Buffer) => {
      seen += chunk.length;
      if (seen >= atByte) request.socket.destroy();
    });
    request.pause();
    return false;
  };
}

const steps = (test: TestSetup) => test.lines().map((line) => line.split(" ")[0]);

describe("writeBlob", () => {
  it("sends a small blob in one request", async () => {
    await using test = await setUp();
    expect(await write(test, small)).toBe("uploaded");
    expect(steps(test)).toEqual(["HEAD", "POST", "PUT"]);
    expect(held(test, small)).toBe(true);
  });

  it("sends a large blob as a stream, and closes it", async () => {
    await using test = await setUp();
    expect(await write(test, large)).toBe("uploaded");
    expect(steps(test)).toEqual(["HEAD", "POST", "PATCH", "PUT"]);
    expect(held(test, large)).toBe(true);
  });

  it("sends an empty blob", async () => {
    await using test = await setUp();
    expect(await write(test, Buffer.alloc(0))).toBe("uploaded");
    expect(held(test, Buffer.alloc(0))).toBe(true);
  });

  it("sends nothing that is there, and asks once", async () => {
    await using test = await setUp();
    test.state.addBlob("team/app", small);
    expect(await write(test, small)).toBe("present");
    expect(await write(test, small)).toBe("present");
    expect(steps(test)).toEqual(["HEAD"]);
  });

  it("asks again for what it deleted itself", async () => {
    await using test = await setUp();
    await write(test, small);
    await test.repository.deleteBlob(digestOf(small));
    expect(await write(test, small)).toBe("uploaded");
  });

  it("goes on where the registry stands after a cut", async () => {
    await using test = await setUp({ intercept: cutting("PATCH", { times: 1, atByte: 4 * MIB }) });
    let told = 0;
    expect(await write(test, large, (count) => (told += count))).toBe("uploaded");
    expect(held(test, large)).toBe(true);
    expect(told).toBe(large.length);
    expect(steps(test)).toEqual(["HEAD", "POST", "PATCH", "GET", "PATCH", "PUT"]);
    const sent = test.registry.log.reduce((sum, { bodyBytes }) => sum + bodyBytes, 0);
    expect(sent).toBeLessThan(large.length + MIB);
  });

  it("goes on after a cut of the only request of a small blob", async () => {
    await using test = await setUp({ intercept: cutting("PUT", { times: 1, atByte: 100_000 }) });
    expect(await write(test, small)).toBe("uploaded");
    expect(held(test, small)).toBe(true);
  });

  it("begins anew when the registry has forgotten the upload", async () => {
    await using test = await setUp({
      intercept: (request, response) => {
        if (request.method === "GET" && request.url?.includes("/uploads/") === true)
          test.state.uploads.clear();
        return cut(request, response);
      },
    });
    const cut = cutting("PATCH", { times: 1, atByte: 4 * MIB });
    expect(await write(test, large)).toBe("uploaded");
    expect(held(test, large)).toBe(true);
  });

  it("begins anew, once, when what was taken up again does not fit together", async () => {
    let isSpoilt = false;
    const cut = cutting("PATCH", { times: 1, atByte: 4 * MIB });
    await using test = await setUp({
      intercept: (request, response) => {
        if (request.method === "PUT" && !isSpoilt) {
          isSpoilt = true;
          for (const parts of test.state.uploads.values()) parts.reverse();
        }
        return cut(request, response);
      },
    });
    expect(await write(test, large)).toBe("uploaded");
    expect(held(test, large)).toBe(true);
  });

  it("gives up after some cuts in a row, and has the upload forgotten", async () => {
    await using test = await setUp({
      intercept: (request) => {
        if (request.method === "PUT") request.socket.destroy();
        return request.method === "PUT";
      },
    });
    expect(await codeOf(write(test, small))).toBe("REGISTRY_UNREACHABLE");
    expect(test.lines().filter((line) => line.startsWith("PUT"))).toHaveLength(5);
    expect(test.state.uploads.size).toBe(0);
    expect(held(test, small)).toBe(false);
  });

  it("takes smaller parts where a whole is too large", async () => {
    await using test = await setUp({
      intercept: (request, response) => {
        const isTooLarge = Number(request.headers["content-length"] ?? 0) > 2 * MIB;
        if (isTooLarge) {
          request.resume();
          request.on("end", () => response.writeHead(413).end());
        }
        return isTooLarge;
      },
    });
    expect(await write(test, large)).toBe("uploaded");
    expect(held(test, large)).toBe(true);
  });

  it("says of each part which it is, where a blob goes in several", async () => {
    const ranges: (string | undefined)[] = [];
    await using test = await setUp({
      intercept: (request, response) => {
        if (request.method === "PATCH") ranges.push(request.headers["content-range"]);
        const isTooLarge = Number(request.headers["content-length"] ?? 0) > 6 * MIB;
        if (isTooLarge) response.writeHead(413, { connection: "close" }).end();
        return isTooLarge;
      },
    });
    await write(test, large);
    const half = large.length / 2;
    expect(ranges).toEqual([undefined, `0-${half - 1}`, `${half}-${large.length - 1}`]);
  });

  it("makes no part smaller than the registry takes", async () => {
    const ranges: (string | undefined)[] = [];
    await using test = await setUp({
      chunkMinBytes: 6 * MIB,
      intercept: (request, response) => {
        if (request.method === "PATCH") ranges.push(request.headers["content-range"]);
        const isTooLarge = Number(request.headers["content-length"] ?? 0) > 7 * MIB;
        if (isTooLarge) response.writeHead(413, { connection: "close" }).end();
        return isTooLarge;
      },
    });
    await write(test, large);
    expect(ranges.slice(1)).toEqual([`0-${6 * MIB - 1}`, `${6 * MIB}-${9 * MIB - 1}`]);
  });

  it("fails with the registry's word when it refuses an upload", async () => {
    await using test = await setUp({
      intercept: (request, response) => {
        if (request.method === "POST") response.writeHead(403).end(`{"errors":[{"code":"DENIED"}]}`);
        return request.method === "POST";
      },
    });
    expect(await codeOf(write(test, small))).toBe("REGISTRY_FORBIDDEN");
  });

  it("fails when the registry names no place for an upload", async () => {
    await using test = await setUp({
      intercept: (request, response) => {
        if (request.method === "POST") response.writeHead(202).end();
        return request.method === "POST";
      },
    });
    await expect(write(test, small)).rejects.toMatchObject({ data: { problem: "location-invalid" } });
  });

  it.each([
    ["shorter", small.subarray(1)],
    ["longer", Buffer.concat([small, Buffer.from("x")])],
  ])("stores nothing when the source is %s than it should be", async (_, given) => {
    await using test = await setUp();
    const blob = { digest: digestOf(small), size: small.length };
    const written = test.repository.writeBlob(blob, { open: () => chunksOf(given) });
    expect(await codeOf(written)).toBe("OCI_BLOB_SIZE_MISMATCH");
    expect([held(test, small), test.state.uploads.size]).toEqual([false, 0]);
  });

  it("uploads when it may not read where the blob could be mounted from", async () => {
    await using test = await setUp({
      intercept: (request, response) => {
        const isMount = request.url?.includes("mount=") === true;
        if (isMount) response.writeHead(403).end();
        return isMount;
      },
    });
    const blob = { digest: digestOf(small), size: small.length };
    const options = { open: () => chunksOf(small), mountFrom: ["secret/one"] };
    expect(await test.repository.writeBlob(blob, options)).toBe("uploaded");
  });

  it("never asks to mount from itself, and of few repositories", async () => {
    await using test = await setUp();
    const blob = { digest: digestOf(small), size: small.length };
    const mountFrom = ["team/app", "a", "b", "c", "d", "e"];
    await test.repository.writeBlob(blob, { open: () => chunksOf(small), mountFrom });
    const asked = test.lines().filter((line) => line.includes("mount="));
    expect(asked.map((line) => line.replace(/.*from=/, ""))).toEqual(["a", "b", "c"]);
    expect(test.state.uploads.size).toBe(0);
  });
});
