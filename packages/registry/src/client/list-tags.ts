import type { RegistryResponse } from "../http/transport.js";
import { TAG_MAX_LENGTH, tagPattern } from "../reference/grammar.js";
import { invalidResponse } from "./invalid-response.js";
import { listPages } from "./list-pages.js";
import { readBody } from "./read-body.js";
import type { RequestOptions } from "./repository.js";
import type { RepositoryContext } from "./repository-context.js";

/** Asked for at once; a registry may give fewer. */
const PAGE_TAGS = 1000;

/** A page that is larger is refused. Registries that do not know pages send all at once. */
const PAGE_MAX_BYTES = 16 * 1024 * 1024;

/** All tags, page by page. A repository that does not exist has none.
 * @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#listing-tags */
export async function* listTags(
  context: RepositoryContext,
  { signal }: RequestOptions = {},
): AsyncGenerator<string> {
  const path = `tags/list?n=${PAGE_TAGS}`;
  for await (const page of listPages(context, { path, expect: [404], signal })) {
    if (page.status === 404) return page.drop();
    yield* await tagsOf(context, page);
  }
}

async function tagsOf(context: RepositoryContext, page: RegistryResponse): Promise<readonly string[]> {
  const bytes = await readBody(page, PAGE_MAX_BYTES);
  const tags = bytes === undefined ? undefined : tagsIn(bytes);
  if (tags !== undefined) return tags;
  const found = "sent something else than a list of tags";
  throw invalidResponse(context.name, { method: "GET", response: page, problem: "tags-invalid", found });
}

/** `{"name": …, "tags": [...]}`; Go writes an empty list as null. */
function tagsIn(bytes: Buffer): readonly string[] | undefined {
  const value = parsedJson(bytes);
  if (typeof value !== "object" || value === null || !("tags" in value)) return undefined;
  const { tags } = value;
  if (tags === null) return [];
  if (!Array.isArray(tags)) return undefined;
  return tags.every((tag): tag is string => typeof tag === "string" && isTag(tag)) ? tags : undefined;
}

function parsedJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString());
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function isTag(text: string): boolean {
  return text.length <= TAG_MAX_LENGTH && tagPattern.test(text);
}
