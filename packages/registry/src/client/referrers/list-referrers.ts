import { type Descriptor, type Digest, decodeIndex, MANIFEST_MAX_BYTES, mediaTypes } from "@oci-build/oci";
import type { RegistryResponse } from "../../http/transport.js";
import { invalidResponse } from "../invalid-response.js";
import { listPages } from "../list-pages.js";
import { contentType } from "../manifest-request.js";
import { readBody } from "../read-body.js";
import type { RequestOptions } from "../repository.js";
import { type RepositoryContext, told } from "../repository-context.js";
import { taggedReferrers } from "./tagged-referrers.js";

/** More referrers of one manifest are refused. */
const REFERRERS_MAX = 100_000;

/** What refers to a manifest: what the registry says, else what the list under the subject's tag has.
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#listing-referrers */
export async function listReferrers(
  context: RepositoryContext,
  digest: Digest,
  { artifactType, signal }: RequestOptions & { readonly artifactType?: string | undefined } = {},
): Promise<readonly Descriptor[]> {
  const counted = await countedReferrers(context, digest, { artifactType, signal });
  const all = counted ?? (await taggedReferrers(context, digest, { signal }));
  return artifactType === undefined ? all : all.filter((one) => one.artifactType === artifactType);
}

/** By the referrers API; undefined when the registry does not have it. */
async function countedReferrers(
  context: RepositoryContext,
  digest: Digest,
  { artifactType, signal }: RequestOptions & { readonly artifactType: string | undefined },
): Promise<readonly Descriptor[] | undefined> {
  const query = artifactType === undefined ? "" : `?artifactType=${encodeURIComponent(artifactType)}`;
  const request = { path: `referrers/${digest}${query}`, accept: mediaTypes.imageIndex, signal };
  const found: Descriptor[] = [];
  for await (const page of listPages(context, { ...request, expect: [400, 404, 405] })) {
    const isIndex = page.status === 200 && contentType(page) === mediaTypes.imageIndex;
    if (!isIndex) {
      await page.drop();
      return undefined;
    }
    found.push(...(await referrersOf(context, digest, page)));
    if (found.length > REFERRERS_MAX) throw tooMany(context, page);
  }
  return found;
}

async function referrersOf(
  context: RepositoryContext,
  digest: Digest,
  page: RegistryResponse,
): Promise<readonly Descriptor[]> {
  const bytes = await readBody(page, MANIFEST_MAX_BYTES);
  if (bytes === undefined) throw tooMany(context, page);
  return decodeIndex(bytes, `list of referrers of ${told(context.name)}@${digest}`).manifests;
}

function tooMany({ name }: RepositoryContext, response: RegistryResponse): Error {
  const found = "sent too many referrers";
  return invalidResponse(name, { method: "GET", response, problem: "body-too-large", found });
}
