import { bodyOf, end, fail, type Routed } from "./exchange.js";
import { sha256 } from "./registry-state.js";

/** `/blobs/<digest>` */
export async function answerBlob(routed: Routed): Promise<void> {
  const { state, request, response, name, rest: digest, options } = routed;
  const { blobs } = state.repository(name);
  const bytes = blobs.get(digest);
  if (request.method === "DELETE" && options.deletes === "nothing") return fail(response, 405, "UNSUPPORTED");
  if (bytes === undefined) return fail(response, 404, "BLOB_UNKNOWN");
  if (request.method === "DELETE") {
    blobs.delete(digest);
    return end(response, 202);
  }
  answerBytes(routed, bytes);
}

/** A body, or the part of it that was asked for. */
function answerBytes({ request, response }: Routed, bytes: Buffer): void {
  const match = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? "");
  const from = Number(match?.[1] ?? 0);
  const last = Math.min(
    match === null || match[2] === "" ? bytes.length - 1 : Number(match[2]),
    bytes.length - 1,
  );
  if (match !== null && from >= bytes.length) {
    end(response, 416, { "content-range": `bytes */${bytes.length}` });
    return;
  }
  const part = bytes.subarray(from, last + 1);
  response.writeHead(match === null ? 200 : 206, {
    "content-type": "application/octet-stream",
    "content-length": String(part.length),
    ...(match === null ? {} : { "content-range": `bytes ${from}-${last}/${bytes.length}` }),
  });
  response.end(request.method === "HEAD" ? undefined : part);
}

/** `/blobs/uploads/` and `/blobs/uploads/<id>` */
export async function answerUpload(routed: Routed): Promise<void> {
  const { state, request, response, rest: id } = routed;
  if (id === "" && request.method === "POST") return beginUpload(routed);
  const parts = state.uploads.get(id);
  if (parts === undefined) return fail(response, 404, "BLOB_UPLOAD_UNKNOWN");
  if (request.method === "DELETE") {
    state.uploads.delete(id);
    return end(response, 204);
  }
  if (request.method === "GET") return tellUpload(routed, parts, 204);
  const expected = lengthOf(parts);
  const range = /^(\d+)-(\d+)$/.exec(request.headers["content-range"] ?? "");
  if (range !== null && Number(range[1]) !== expected) return tellUpload(routed, parts, 416);
  try {
    for await (const chunk of request) parts.push(chunk as Buffer);
  } catch {
    return; // The client has gone; what it sent stays.
  }
  return request.method === "PATCH" ? tellUpload(routed, parts, 202) : finishUpload(routed, parts);
}

async function beginUpload({ state, options, request, response, name, query }: Routed): Promise<void> {
  await bodyOf(request);
  const mount = query.get("mount");
  const bytes = mount === null ? undefined : state.repository(query.get("from") ?? "").blobs.get(mount);
  if (bytes !== undefined && options.mount !== "no") {
    const digest = state.addBlob(name, bytes);
    return end(response, 201, { location: `/v2/${name}/blobs/${digest}` });
  }
  const id = state.beginUpload();
  end(response, 202, {
    location: `/v2/${name}/blobs/uploads/${id}?_state=a%2Bb`,
    ...(options.chunkMinBytes === undefined ? {} : { "oci-chunk-min-length": String(options.chunkMinBytes) }),
  });
}

function tellUpload({ response, name, rest }: Routed, parts: readonly Buffer[], status: number): void {
  end(response, status, {
    location: `/v2/${name}/blobs/uploads/${rest}?_state=c%2Bd`,
    range: `0-${Math.max(lengthOf(parts) - 1, 0)}`,
  });
}

function finishUpload({ state, response, name, rest, query }: Routed, parts: readonly Buffer[]): void {
  const bytes = Buffer.concat(parts);
  state.uploads.delete(rest);
  if (sha256(bytes) !== query.get("digest")) {
    fail(response, 400, "DIGEST_INVALID");
    return;
  }
  const digest = state.addBlob(name, bytes);
  end(response, 201, { location: `/v2/${name}/blobs/${digest}`, "docker-content-digest": digest });
}

function lengthOf(parts: readonly Buffer[]): number {
  return parts.reduce((sum, part) => sum + part.length, 0);
}
