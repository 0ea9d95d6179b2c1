import type { IncomingMessage, ServerResponse } from "node:http";
import { type Descriptor, digestOf, encodeJson, mediaTypes, type StoredDocument } from "@oci-build/oci";
import { describe, expect, it } from "vitest";
import type { Repository } from "../src/client/repository.js";
import { hold, sampleImage } from "./support/sample-image.js";
import { codeOf } from "./support/test-client.js";
import { setUp } from "./support/test-setup.js";

async function tagsOf(repository: Repository): Promise<readonly string[]> {
  const tags: string[] = [];
  for await (const tag of repository.tags()) tags.push(tag);
  return tags;
}

/** Answers what asks for tags. */
function listing(headers: Record<string, string>, body: string) {
  return (request: IncomingMessage, response: ServerResponse): boolean => {
    if (request.url?.includes("/tags/list") !== true) return false;
    response.writeHead(200, headers).end(body);
    return true;
  };
}

describe("tags", () => {
  it("gives all tags, page by page", async () => {
    await using test = await setUp({ pageSize: 2 });
    const names = ["a", "b", "c", "d", "e"];
    for (const tag of names)
      test.state.addManifest("team/app", { mediaType: "x/y", bytes: Buffer.from(tag) }, tag);
    expect(await tagsOf(test.repository)).toEqual(names);
    expect(test.lines()).toHaveLength(3);
  });

  it("asks for no page that nobody reads", async () => {
    await using test = await setUp({ pageSize: 1 });
    for (const tag of ["a", "b"])
      test.state.addManifest("team/app", { mediaType: "x/y", bytes: Buffer.from(tag) }, tag);
    for await (const _ of test.repository.tags()) break;
    expect(test.lines()).toHaveLength(1);
  });

  it("gives none for a repository that has none, or is not there", async () => {
    await using test = await setUp();
    expect(await tagsOf(test.repository)).toEqual([]);
    test.state.repository("team/app");
    expect(await tagsOf(test.repository)).toEqual([]);
  });

  it.each([
    ["another host", `<http://evil.example/v2/team/app/tags/list?last=a>; rel="next"`, "link-invalid"],
    ["another place of the host", `</elsewhere?last=a>; rel="next"`, "link-invalid"],
    ["itself", `</v2/team/app/tags/list?n=1000>; rel="next"`, "pages-too-many"],
  ])("does not follow a link to %s", async (_, link, problem) => {
    await using test = await setUp({ intercept: listing({ link }, `{"tags":["a"]}`) });
    await expect(tagsOf(test.repository)).rejects.toMatchObject({
      code: "REGISTRY_RESPONSE_INVALID",
      data: { problem },
    });
  });

  it.each(["[]", "{}", `{"tags":[1]}`, `{"tags":["-a"]}`, `{"tags":["a\\nb"]}`, "<html>", `{"tags":["a"`])(
    "refuses %s as a list",
    async (body) => {
      await using test = await setUp({ intercept: listing({}, body) });
      await expect(tagsOf(test.repository)).rejects.toMatchObject({ data: { problem: "tags-invalid" } });
    },
  );

  it("passes over links of another kind", async () => {
    const link = `</v2/team/app/tags/list?n=9>; rel="prev", <https://help.example>; rel="help"`;
    await using test = await setUp({ intercept: listing({ link }, `{"tags":["a"]}`) });
    expect(await tagsOf(test.repository)).toEqual(["a"]);
  });
});

const image = sampleImage([Buffer.from("layer")]);

function referrer(name: string, artifactType = "application/vnd.test.sbom"): StoredDocument {
  const bytes = encodeJson({
    schemaVersion: 2,
    mediaType: mediaTypes.imageManifest,
    artifactType,
    config: image.config.descriptor,
    layers: [],
    subject: image.root,
    annotations: { name },
  });
  return {
    bytes,
    descriptor: { mediaType: mediaTypes.imageManifest, digest: digestOf(bytes), size: bytes.length },
  };
}

const listed = ({ descriptor: { mediaType, digest, size } }: StoredDocument, name: string): Descriptor => ({
  mediaType,
  digest,
  size,
  artifactType: "application/vnd.test.sbom",
  annotations: { name },
});

describe.each([
  ["by the API", "yes"],
  ["by the subject's tag where there is no API", "no"],
] as const)("referrers, %s", (_, referrers) => {
  it("gives what refers to a manifest, once each, also by type", async () => {
    await using test = await setUp({ referrers });
    hold(test.state, "team/app", image);
    const [one, two] = [referrer("1"), referrer("2", "application/vnd.test.other")];
    for (const document of [one, two, one]) await test.repository.writeManifest(document);
    const all = await test.repository.referrers(image.root.digest);
    expect(new Set(all.map(({ digest }) => digest))).toEqual(
      new Set([one, two].map((d) => d.descriptor.digest)),
    );
    expect(all).toHaveLength(2);
    const artifactType = "application/vnd.test.sbom";
    expect(await test.repository.referrers(image.root.digest, { artifactType })).toEqual([listed(one, "1")]);
  });

  it("keeps all of several that are written at once", async () => {
    await using test = await setUp({ referrers });
    hold(test.state, "team/app", image);
    const documents = ["1", "2", "3", "4"].map((name) => referrer(name));
    await Promise.all(documents.map((document) => test.repository.writeManifest(document)));
    expect(await test.repository.referrers(image.root.digest)).toHaveLength(4);
  });

  it("no longer gives one that was deleted", async () => {
    await using test = await setUp({ referrers });
    hold(test.state, "team/app", image);
    const [one, two] = [referrer("1"), referrer("2")];
    for (const document of [one, two]) await test.repository.writeManifest(document);
    await test.repository.deleteManifest(one.descriptor.digest);
    const left = await test.repository.referrers(image.root.digest);
    expect(left.map(({ digest }) => digest)).toEqual([two.descriptor.digest]);
  });

  it("gives none for a manifest to which nothing refers", async () => {
    await using test = await setUp({ referrers });
    expect(await test.repository.referrers(image.root.digest)).toEqual([]);
  });
});

describe("referrers", () => {
  it("touches no tag where the registry keeps count itself", async () => {
    await using test = await setUp();
    hold(test.state, "team/app", image);
    await test.repository.writeManifest(referrer("1"));
    expect([...test.state.repository("team/app").tags.keys()]).toEqual(["latest"]);
  });

  it("refuses a list that is no index", async () => {
    await using test = await setUp({
      intercept: (request, response) => {
        if (request.url?.includes("/referrers/") !== true) return false;
        response.writeHead(200, { "content-type": mediaTypes.imageIndex }).end(`{"manifests": 1}`);
        return true;
      },
    });
    expect(await codeOf(test.repository.referrers(image.root.digest))).toBe("OCI_DOCUMENT_INVALID");
  });
});
