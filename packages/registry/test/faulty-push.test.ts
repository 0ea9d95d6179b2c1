import { digestOf } from "@oci-build/oci";
import { describe, expect, it } from "vitest";
import type { RegistryWarning } from "../src/client/registry-client.js";
import { pushImage } from "../src/transfer/push-image.js";
import type { Interceptor } from "./support/exchange.js";
import { cuttingUploads, failing, isFor } from "./support/faults.js";
import { sha256 } from "./support/registry-state.js";
import { sampleImage } from "./support/sample-image.js";
import { codeOf, seededBytes, type TestClientOptions } from "./support/test-client.js";
import { setUp } from "./support/test-setup.js";
import { behindTokens } from "./support/token-gate.js";

const sizes = [900_000, 300_000, 70_000];
const image = sampleImage(sizes.map((size, at) => seededBytes(size, at + 60)));

/** Pushes the image to a registry with a fault; gives how it ended and what the registry has. */
async function push(intercept: Interceptor, options: TestClientOptions = {}) {
  await using test = await setUp({ intercept }, options);
  const { blobs, root } = image;
  const code = await codeOf(pushImage(test.repository, { blobs, root, tags: ["1"] }));
  const held = test.state.repository("team/app");
  for (const [digest, bytes] of held.blobs) expect(sha256(bytes)).toBe(digest);
  return { code, test, blobs: held.blobs.size, tags: held.tags.size, uploads: test.state.uploads.size };
}

const complete = { code: "none", blobs: 4, tags: 1 };

describe("a push", () => {
  it.each([1, 2, 3, 4, 5, 6])("comes through connections that are cut anywhere (seed %d)", async (seed) => {
    expect(await push(cuttingUploads(seed))).toMatchObject(complete);
  });

  it("tells of each break", async () => {
    const told: RegistryWarning[] = [];
    let isCut = false;
    const outcome = await push(
      (request) => {
        if (request.method !== "PUT" || !isFor(request, "uploads") || isCut) return false;
        isCut = true;
        request.socket.destroy();
        return true;
      },
      { onWarning: (warning) => told.push(warning) },
    );
    expect(outcome).toMatchObject(complete);
    expect(told.map(({ message }) => message.replace(/.*the upload of blob sha256:\w{64}/, "…"))).toEqual([
      "… broke off at byte 0; going on",
    ]);
  });

  it.each([429, 500, 502, 503, 504])("tries again after %d", async (status) => {
    expect(await push(failing("uploads", { status, times: 3 }))).toMatchObject(complete);
    expect(await push(failing("manifests", { status, times: 2 }))).toMatchObject(complete);
  });

  it("tries an upload's last request again that failed", async () => {
    let left = 2;
    const outcome = await push((request, response) => {
      if (request.method !== "PUT" || !isFor(request, "uploads") || left-- <= 0) return false;
      request.resume();
      request.on("end", () => response.writeHead(503).end());
      return true;
    });
    expect(outcome).toMatchObject(complete);
  });

  it("takes an upload for done whose answer was lost", async () => {
    let isLost = false;
    const outcome = await push(async (request, response) => {
      if (request.method !== "PUT" || !isFor(request, "uploads") || isLost) return false;
      isLost = true;
      const end = response.end.bind(response);
      response.end = (() => {
        response.socket?.destroy();
        return end();
      }) as typeof response.end;
      return false;
    });
    expect(outcome).toMatchObject(complete);
  });

  it.each([
    [500, "REGISTRY_REQUEST_FAILED"],
    [429, "REGISTRY_RATE_LIMITED"],
    [403, "REGISTRY_FORBIDDEN"],
    [404, "REGISTRY_REQUEST_FAILED"],
  ])("leaves no tag and no upload when it is %d for good", async (status, code) => {
    const outcome = await push(failing("uploads", { status, times: Infinity }));
    expect(outcome).toMatchObject({ code, blobs: 0, tags: 0, uploads: 0 });
  });

  it("does not tag what the registry then says it does not have", async () => {
    const outcome = await push((request, response) => {
      const isPut = request.method === "PUT" && isFor(request, "manifests");
      if (isPut) response.writeHead(404).end(`{"errors":[{"code":"MANIFEST_BLOB_UNKNOWN"}]}`);
      return isPut;
    });
    expect(outcome).toMatchObject({ code: "REGISTRY_REQUEST_FAILED", tags: 0 });
  });

  it("stops when a registry keeps other bytes than it was sent", async () => {
    const outcome = await push((request, response) => {
      const isPut = request.method === "PUT" && isFor(request, "uploads");
      if (!isPut) return false;
      request.resume();
      request.on("end", () =>
        response.writeHead(201, { "docker-content-digest": sha256(Buffer.from("x")) }).end(),
      );
      return true;
    });
    expect(outcome).toMatchObject({ code: "REGISTRY_DIGEST_MISMATCH", tags: 0 });
  });

  it("does not loop with a registry that says it has got nowhere", async () => {
    const outcome = await push((request, response) => {
      if (!isFor(request, "uploads") || request.method === "POST") return false;
      request.resume();
      const { url: location = "" } = request;
      if (request.method === "GET") response.writeHead(204, { location, range: "0-0" }).end();
      else if (request.method === "DELETE") response.writeHead(204).end();
      else request.on("end", () => response.writeHead(416, { location, range: "0-0" }).end());
      return true;
    });
    expect(outcome).toMatchObject({ code: "REGISTRY_REQUEST_FAILED", blobs: 0, tags: 0 });
    expect(outcome.test.lines().length).toBeLessThan(110);
  });

  it("does not go on with a registry that takes a byte at a time", async () => {
    const blob = Buffer.alloc(9 * 1024 * 1024, 5);
    let taken = 0;
    await using test = await setUp({
      intercept: (request, response) => {
        if (request.method !== "PATCH") return false;
        request.resume();
        const { url: location = "" } = request;
        request.on("end", () => response.writeHead(202, { location, range: `0-${++taken}` }).end());
        return true;
      },
    });
    const open = async function* () {
      yield blob;
    };
    const written = test.repository.writeBlob({ digest: digestOf(blob), size: blob.length }, { open });
    await expect(written).rejects.toMatchObject({
      code: "REGISTRY_RESPONSE_INVALID",
      data: { problem: "range-invalid" },
    });
    expect(taken).toBe(1);
  });

  it("can be stopped while it waits for another to send the same layer", async () => {
    const stop = new AbortController();
    await using test = await setUp({ intercept: (request) => request.method === "PUT" });
    const { blobs, root } = image;
    const first = new AbortController();
    const running = codeOf(pushImage(test.repository, { blobs, root, tags: ["1"], signal: first.signal }));
    const waiting = pushImage(test.repository, { blobs, root, tags: ["2"], signal: stop.signal });
    setTimeout(() => stop.abort(new RangeError("enough")), 100);
    await expect(waiting).rejects.toThrow("enough");
    first.abort();
    await running;
  });

  it("renews a token that ends while a layer is sent", async () => {
    const outcome = await push(behindTokens({ usesOfOne: 5 }, cuttingUploads(2)));
    expect(outcome).toMatchObject(complete);
  });
});
