import { bodyOf, end, fail, type Routed } from "./exchange.js";
import type { HeldRepository } from "./registry-state.js";

interface Parsed {
  readonly config?: { readonly digest: string; readonly mediaType: string };
  readonly layers?: readonly { readonly digest: string; readonly urls?: readonly string[] }[];
  readonly manifests?: readonly { readonly digest: string }[];
  readonly subject?: { readonly digest: string };
  readonly artifactType?: string;
  readonly annotations?: unknown;
}

/** `/manifests/<tag or digest>` */
export async function answerManifest(routed: Routed): Promise<void> {
  const { state, request, response, name, rest: target } = routed;
  if (request.method === "PUT") return storeManifest(routed);
  const found = state.find(name, target);
  if (request.method === "DELETE") return deleteManifest(routed);
  if (found === undefined) return fail(response, 404, "MANIFEST_UNKNOWN");
  response.writeHead(200, {
    "content-type": found.mediaType,
    "content-length": String(found.bytes.length),
    "docker-content-digest": found.digest,
  });
  response.end(request.method === "HEAD" ? undefined : found.bytes);
}

async function storeManifest({
  state,
  options,
  request,
  response,
  name,
  rest: target,
}: Routed): Promise<void> {
  const bytes = await bodyOf(request);
  const parsed = JSON.parse(bytes.toString()) as Parsed;
  if (lacksSomething(state.repository(name), parsed)) return fail(response, 404, "MANIFEST_BLOB_UNKNOWN");
  const tag = target.startsWith("sha256:") ? undefined : target;
  const digest = state.addManifest(name, { mediaType: request.headers["content-type"] ?? "", bytes }, tag);
  const isCounted = options.referrers !== "no";
  end(response, 201, {
    location: `/v2/${name}/manifests/${digest}`,
    "docker-content-digest": digest,
    ...(isCounted && parsed.subject !== undefined ? { "oci-subject": parsed.subject.digest } : {}),
  });
}

/** A tag must never stand for what is incomplete. */
function lacksSomething({ blobs, manifests }: HeldRepository, parsed: Parsed): boolean {
  const needed = [parsed.config, ...(parsed.layers ?? []).filter(({ urls }) => urls === undefined)];
  const lacksBlob = needed.some((blob) => blob !== undefined && !blobs.has(blob.digest));
  return lacksBlob || (parsed.manifests ?? []).some(({ digest }) => !manifests.has(digest));
}

function deleteManifest({ state, options, response, name, rest: target }: Routed): void {
  const { manifests, tags } = state.repository(name);
  const isTag = !target.startsWith("sha256:");
  const { deletes = "all" } = options;
  if (deletes === "nothing" || (isTag && deletes === "digests")) fail(response, 405, "UNSUPPORTED");
  else if (isTag ? tags.delete(target) : manifests.delete(target)) end(response, 202);
  else fail(response, 404, "MANIFEST_UNKNOWN");
}

/** `/tags/list` */
export async function answerTags({ state, options, response, name, query }: Routed): Promise<void> {
  if (!state.repositories.has(name)) return fail(response, 404, "NAME_UNKNOWN");
  const all = [...state.repository(name).tags.keys()].sort();
  const size = Math.min(Number(query.get("n") ?? 100), options.pageSize ?? 100);
  const last = query.get("last") ?? "";
  const page = all.filter((tag) => tag > last).slice(0, size);
  const end = page.at(-1) ?? "";
  const link = `</v2/${name}/tags/list?last=${end}&n=${size}>; rel="next"`;
  const isMore = end !== "" && end !== all.at(-1);
  response.writeHead(200, { "content-type": "application/json", ...(isMore ? { link } : {}) });
  response.end(JSON.stringify({ name, tags: page.length === 0 ? null : page }));
}

/** `/referrers/<digest>` */
export async function answerReferrers({ state, options, response, name, rest }: Routed): Promise<void> {
  if (options.referrers === "no") return fail(response, 404, "NOT_FOUND");
  const manifests = [...state.repository(name).manifests].flatMap(([digest, { mediaType, bytes }]) => {
    const parsed = JSON.parse(bytes.toString()) as Parsed;
    if (parsed.subject?.digest !== rest) return [];
    const artifactType = parsed.artifactType ?? parsed.config?.mediaType;
    const { annotations } = parsed;
    return [{ mediaType, digest, size: bytes.length, artifactType, annotations }];
  });
  const mediaType = "application/vnd.oci.image.index.v1+json";
  response.writeHead(200, { "content-type": mediaType });
  response.end(JSON.stringify({ schemaVersion: 2, mediaType, manifests }));
}
