import { digestOf, isOciBuildError } from "@oci-build/oci";
import type { Repository } from "@oci-build/registry";
import { describe, expect, it } from "vitest";
import { offlineClient } from "./offline-client.js";

const digest = digestOf(Buffer.from("a"));
const document = {
  descriptor: { mediaType: "a/b", digest, size: 1 },
  bytes: Buffer.from("a"),
};

async function first(items: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of items) return;
}

const cases: readonly [keyof Repository, (repository: Repository) => Promise<unknown>, string][] = [
  ["resolve", (repository) => repository.resolve("1"), "host.example/app:1 is not in the local store"],
  ["manifest", (repository) => repository.manifest(digest), `host.example/app@${digest} is not in`],
  ["size", (repository) => repository.size(digest), `host.example/app@${digest} is not in`],
  ["read", (repository) => first(repository.read(digest)), `${digest} of host.example/app is not in`],
  ["tags", (repository) => first(repository.tags()), "host.example/app cannot be asked"],
  ["referrers", (repository) => repository.referrers(digest), "host.example/app cannot be asked"],
  ["writeManifest", (repository) => repository.writeManifest(document), "host.example/app cannot be asked"],
  ["deleteManifest", (repository) => repository.deleteManifest("1"), "host.example/app cannot be asked"],
  ["deleteBlob", (repository) => repository.deleteBlob(digest), "host.example/app cannot be asked"],
  [
    "writeBlob",
    (repository) => repository.writeBlob({ digest, size: 1 }, { open: () => first as never }),
    "host.example/app cannot be asked",
  ],
];

describe("offlineClient", () => {
  it.each(cases)("refuses %s, and says what is missing", async (_, ask, message) => {
    const repository = offlineClient().repository({ registry: "host.example", repository: "app" });
    await expect(ask(repository)).rejects.toSatisfy(
      (error) =>
        isOciBuildError(error, "BUILD_OFFLINE") &&
        error.message.startsWith(message) &&
        error.message.endsWith(", and --offline asks no registry"),
    );
  });

  it("refuses a login", async () => {
    await expect(offlineClient().checkLogin("host.example")).rejects.toMatchObject({ code: "BUILD_OFFLINE" });
  });
});
