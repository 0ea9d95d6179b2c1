import { digestOf, MANIFEST_MAX_BYTES, mediaTypes } from "@oci-build/oci";
import { describe, expect, it } from "vitest";
import type { RegistryWarning } from "../src/client/registry-client.js";
import { fetchBlobs } from "../src/transfer/fetch-blobs.js";
import { readImage } from "../src/transfer/read-image.js";
import type { Interceptor } from "./support/exchange.js";
import { cutAfter, cuttingAnswers, dripping, EndlessBody, failing, isFor } from "./support/faults.js";
import { MemorySink } from "./support/memory-sink.js";
import { amd64, hold, sampleImage } from "./support/sample-image.js";
import { codeOf, seededBytes, type TestClientOptions } from "./support/test-client.js";
import { setUp, type TestSetup } from "./support/test-setup.js";
import { behindTokens } from "./support/token-gate.js";

const image = sampleImage([500_000, 300_000, 70_000].map((size, at) => seededBytes(size, at + 40)));
const imageBytes = 870_000;
const quick = {
  connectTimeoutMs: 300,
  readTimeoutMs: 300,
  idleTimeoutMs: 300,
  slowWindowMs: 300,
  slowMinBytes: 1000,
};

/** Pulls the image from a registry with a fault; gives what was stored and how it ended. */
async function pull(intercept: Interceptor, options: TestClientOptions = {}) {
  await using test = await setUp({ intercept }, options);
  hold(test.state, "team/app", image);
  const sink = new MemorySink();
  const code = await codeOf(pullInto(test, sink));
  return { code, sink, test, sleptMs: test.client.sleptMs, stored: rightlyStored(sink) };
}

async function pullInto({ repository }: TestSetup, sink: MemorySink): Promise<void> {
  const { imageManifest } = await readImage(repository, "latest", { platform: amd64 });
  await fetchBlobs(repository, [imageManifest.config, ...imageManifest.layers], { sink });
}

/** How many blobs lie in a sink; each must be what it is called, and nothing may be left open. */
function rightlyStored({ blobs, openWriters }: MemorySink): number {
  for (const [digest, bytes] of blobs) expect(digestOf(bytes)).toBe(digest);
  expect(openWriters).toBe(0);
  return blobs.size;
}

const everything = image.layers.length + 1;

describe("a pull", () => {
  it.each([1, 2, 3, 4, 5, 6])("comes through connections that are cut anywhere (seed %d)", async (seed) => {
    const { code, stored, test } = await pull(cuttingAnswers(seed));
    expect([code, stored]).toEqual(["none", everything]);
    const sent = test.registry.log.reduce((sum, { sentBytes }) => sum + sentBytes, 0);
    expect(sent).toBeLessThan(2 * imageBytes);
  });

  it("tells of each break", async () => {
    const told: RegistryWarning[] = [];
    const { code, test } = await pull(
      (request, response) => {
        if (isFor(request, "blobs") && request.headers.range === undefined) cutAfter(response, 60_000);
        return false;
      },
      { onWarning: (warning) => told.push(warning) },
    );
    expect(code).toBe("none");
    const name = `${test.registry.host}/team/app`;
    const broken = image.layers.map((layer) => ({
      code: "REGISTRY_RETRY",
      message: `${name}: the download of blob ${digestOf(layer)} broke off at byte 60000; going on`,
    }));
    expect(told).toHaveLength(broken.length);
    expect(told).toEqual(expect.arrayContaining(broken));
  });

  it.each([408, 429, 500, 502, 503, 504])("tries again after %d", async (status) => {
    expect(await pull(failing("blobs", { status, times: 2 }))).toMatchObject({
      code: "none",
      stored: everything,
    });
    expect(await pull(failing("manifests", { status, times: 2 }))).toMatchObject({ code: "none" });
  });

  it("waits as long as the registry asks for", async () => {
    const headers = { "retry-after": "7" };
    const { code, sleptMs } = await pull(failing("manifests", { status: 429, times: 1, headers }));
    expect([code, ...sleptMs]).toEqual(["none", 7000]);
  });

  it.each([
    [429, "REGISTRY_RATE_LIMITED"],
    [500, "REGISTRY_REQUEST_FAILED"],
    [503, "REGISTRY_REQUEST_FAILED"],
  ])("gives up when it is %d for good", async (status, expected) => {
    const { code, stored } = await pull(failing("blobs", { status, times: Infinity }));
    expect([code, stored]).toEqual([expected, 0]);
  });

  it.each([400, 418])("does not repeat what is answered with %d", async (status) => {
    const { code, test } = await pull(failing("manifests", { status, times: Infinity }));
    expect([code, test.lines().length]).toEqual(["REGISTRY_REQUEST_FAILED", 1]);
  });

  it.each<[string, Record<string, string>, Buffer, string]>([
    [
      "is shorter than it should be",
      { "content-length": "499999" },
      Buffer.alloc(499_999),
      "REGISTRY_SIZE_MISMATCH",
    ],
    [
      "is longer than it should be",
      { "content-length": "500001" },
      Buffer.alloc(500_001),
      "REGISTRY_SIZE_MISMATCH",
    ],
    ["ends too early without a length", { connection: "close" }, Buffer.alloc(100), "REGISTRY_SIZE_MISMATCH"],
    [
      "is not what it is called",
      { "content-length": "500000" },
      Buffer.alloc(500_000),
      "REGISTRY_DIGEST_MISMATCH",
    ],
  ])("stores no layer that %s", async (_, headers, body, expected) => {
    const wrong = `/blobs/${digestOf(image.layers[0] ?? "")}`;
    const { code, sink } = await pull((request, response) => {
      if (request.url?.endsWith(wrong) !== true) return false;
      response.writeHead(200, headers).end(body);
      return true;
    });
    expect(code).toBe(expected);
    expect(sink.blobs.has(digestOf(image.layers[0] ?? ""))).toBe(false);
    rightlyStored(sink);
  });

  it("asks once for a layer whose size is said to be another", async () => {
    const bytes = seededBytes(1000, 3);
    await using test = await setUp();
    const digest = digestOf(bytes);
    test.state.addBlob("team/app", bytes);
    for (const size of [999, 1001]) {
      test.registry.clearLog();
      const fetched = fetchBlobs(test.repository, [{ digest, size }], { sink: new MemorySink() });
      expect(await codeOf(fetched)).toBe("REGISTRY_SIZE_MISMATCH");
      expect(test.lines()).toHaveLength(1);
    }
  });

  it("reads no more of an endless layer than the layer has", async () => {
    const endless = new EndlessBody();
    await using test = await setUp({ intercept: endless.intercept });
    const sink = new MemorySink();
    const wanted = [{ digest: digestOf("x"), size: 100_000 }];
    expect(await codeOf(fetchBlobs(test.repository, wanted, { sink }))).toBe("REGISTRY_SIZE_MISMATCH");
    expect(endless.sentBytes).toBeLessThan(16 * 1024 * 1024);
    expect(rightlyStored(sink)).toBe(0);
  });

  it("reads no more of an endless manifest than a manifest may have", async () => {
    const endless = new EndlessBody();
    const { code } = await pull(endless.intercept);
    expect(code).toBe("REGISTRY_MANIFEST_TOO_LARGE");
    expect(endless.sentBytes).toBeLessThan(MANIFEST_MAX_BYTES + 16 * 1024 * 1024);
  });

  it("reads nothing of a manifest that says it has 100 MB", async () => {
    let taken = 0;
    const { code } = await pull((request, response) => {
      if (!isFor(request, "manifests")) return false;
      response.writeHead(200, { "content-length": "100000000" });
      response.write(Buffer.alloc(100_000), () => {
        taken = response.socket?.bytesWritten ?? 0;
      });
      return true;
    });
    expect(code).toBe("REGISTRY_MANIFEST_TOO_LARGE");
    expect(taken).toBeLessThan(200_000);
  });

  it("leaves a server that drips", async () => {
    const started = performance.now();
    const { code, stored } = await pull(
      (request, response, nth) =>
        request.url?.includes("/blobs/") === true && dripping(20)(request, response, nth),
      { limits: quick },
    );
    expect(stored).toBe(0);
    expect(["REGISTRY_TRANSFER_CUT", "REGISTRY_SIZE_MISMATCH", "REGISTRY_UNREACHABLE"]).toContain(code);
    expect(performance.now() - started).toBeLessThan(15_000);
  });

  it("leaves a server that sends a layer for ever a byte at a time", async () => {
    const [layer] = image.layers;
    await using test = await setUp({ intercept: dripping(20) }, { limits: quick });
    const wanted = [{ digest: digestOf(layer ?? ""), size: 500_000 }];
    const code = await codeOf(fetchBlobs(test.repository, wanted, { sink: new MemorySink() }));
    expect(code).toBe("REGISTRY_TRANSFER_CUT");
    expect(test.lines().length).toBeLessThanOrEqual(6);
  });

  it("leaves a server that never answers", async () => {
    const { code } = await pull((request) => isFor(request, "manifests"), {
      limits: { ...quick, attemptsMax: 2 },
    });
    expect(code).toBe("REGISTRY_UNREACHABLE");
  });

  it("reads a manifest again whose connection was cut", async () => {
    let isCut = false;
    const { code, stored } = await pull((request, response) => {
      if (!isFor(request, "manifests") || isCut) return false;
      isCut = true;
      response.writeHead(200, { "content-length": "300" });
      response.write("{", () => response.socket?.destroy());
      return true;
    });
    expect([code, stored]).toEqual(["none", everything]);
  });

  it.each<[string, string, string, string]>([
    ["half a manifest", mediaTypes.imageManifest, `{"schemaVersion":2,"con`, "OCI_DOCUMENT_INVALID"],
    [
      "a page of HTML",
      "text/html",
      "<!doctype html><p>Log in to the hotel's network",
      "OCI_DOCUMENT_INVALID",
    ],
    ["a thousand brackets", mediaTypes.imageManifest, "[".repeat(100_000), "OCI_DOCUMENT_INVALID"],
    [
      "a list of nothing",
      mediaTypes.imageIndex,
      `{"schemaVersion":2,"manifests":[]}`,
      "REGISTRY_PLATFORM_MISSING",
    ],
    ["nothing", mediaTypes.imageManifest, "", "OCI_DOCUMENT_INVALID"],
  ])("takes %s for no image", async (_, type, body, expected) => {
    const { code, stored } = await pull((request, response) => {
      if (isFor(request, "manifests")) response.writeHead(200, { "content-type": type }).end(body);
      return isFor(request, "manifests");
    });
    expect([code, stored]).toEqual([expected, 0]);
  });

  it("follows no redirects in a circle", async () => {
    const { code } = await pull((request, response) => {
      if (isFor(request, "blobs")) response.writeHead(307, { location: request.url }).end();
      return isFor(request, "blobs");
    });
    expect(code).toBe("REGISTRY_RESPONSE_INVALID");
  });

  it.each([
    ["says that it goes on further behind", "bytes 400000-499999/500000"],
    ["says that the layer has another size", "bytes 0-499998/499999"],
  ])("stores nothing when an answer to a resume %s", async (_, range) => {
    let isCut = false;
    const digest = digestOf(image.layers[0] ?? "");
    const { code, sink } = await pull((request, response) => {
      if (request.url?.endsWith(digest) !== true) return false;
      if (isCut) response.writeHead(206, { "content-range": range }).end(Buffer.alloc(100_000));
      else {
        response.writeHead(200, { "content-length": "500000" });
        response.write(Buffer.alloc(200_000), () => response.socket?.destroy());
      }
      isCut = true;
      return true;
    });
    expect(code).toBe("REGISTRY_SIZE_MISMATCH");
    rightlyStored(sink);
  });

  it("renews a token that ends half-way, and resumes with it", async () => {
    const { code, stored } = await pull(behindTokens({ usesOfOne: 5 }, cuttingAnswers(3)));
    expect([code, stored]).toEqual(["none", everything]);
  });
});
