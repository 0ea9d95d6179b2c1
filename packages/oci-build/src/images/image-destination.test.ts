import { describe, expect, it } from "vitest";
import { parseDestination } from "./image-destination.js";

describe("parseDestination", () => {
  it.each([
    ["app", { kind: "store", name: "docker.io/library/app:latest" }],
    ["docker://app", { kind: "registry", reference: expect.objectContaining({ tag: "latest" }) }],
    ["oci:dir", { kind: "file", form: "layout", path: "dir", name: undefined, tag: undefined }],
    ["oci:dir:1.0", { kind: "file", form: "layout", path: "dir", name: undefined, tag: "1.0" }],
    [
      "oci-archive:a.tar:app:1",
      { kind: "file", form: "archive", path: "a.tar", name: "docker.io/library/app:1", tag: undefined },
    ],
    [
      "docker-archive:a.tar:app",
      { kind: "file", form: "docker", path: "a.tar", name: "docker.io/library/app:latest", tag: undefined },
    ],
    ["./a.tar", { kind: "file", form: "archive", path: "./a.tar", name: undefined, tag: undefined }],
    ["./a", { kind: "file", form: "layout", path: "./a", name: undefined, tag: undefined }],
  ])("reads %s", (text, expected) => {
    expect(parseDestination(text, "store")).toEqual(expected);
  });

  it("takes a bare name for one of a registry where that is asked for", () => {
    expect(parseDestination("app:1", "registry")).toMatchObject({ kind: "registry" });
  });

  const digest = `sha256:${"a".repeat(64)}`;
  it.each([`app@${digest}`, `docker://app@${digest}`, `oci:a@${digest}`, digest])(
    "refuses %s, since a digest cannot be chosen",
    (text) => {
      expect(() => parseDestination(text, "store")).toThrow(/digest/);
    },
  );
});
