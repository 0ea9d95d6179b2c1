import { isOciBuildError } from "@oci-build/oci";
import { describe, expect, it } from "vitest";
import { contextName, findContext, namedContexts } from "./named-context.js";

const digest = `sha256:${"a".repeat(64)}`;

describe("namedContexts", () => {
  it.each<[string, object]>([
    ["docker-image://alpine:3", { kind: "image", reference: "alpine:3" }],
    ["docker-image://scratch", { kind: "scratch" }],
    ["oci-layout://./out", { kind: "file", image: { kind: "oci-layout", path: "./out", target: undefined } }],
    ["oci-layout:///out:1.0", { kind: "file", image: { kind: "oci-layout", path: "/out", target: "1.0" } }],
    [
      "oci-layout:///a:b/out",
      { kind: "file", image: { kind: "oci-layout", path: "/a:b/out", target: undefined } },
    ],
    [
      `oci-layout://out@${digest}`,
      { kind: "file", image: { kind: "oci-layout", path: "out", target: digest } },
    ],
    [
      `oci-layout://out:1@${digest}`,
      { kind: "file", image: { kind: "oci-layout", path: "out", target: digest } },
    ],
    ["oci-layout://C:\\out:1", { kind: "file", image: { kind: "oci-layout", path: "C:\\out", target: "1" } }],
    ["oci-layout://C:out", { kind: "file", image: { kind: "oci-layout", path: "C:out", target: undefined } }],
    [
      "oci-archive://a.tar",
      { kind: "file", image: { kind: "oci-archive", path: "a.tar", target: undefined } },
    ],
    [
      "docker-archive://a.tar:app:1",
      { kind: "file", image: { kind: "oci-archive", path: "a.tar", target: "app:1" } },
    ],
    [".", { kind: "folder", folder: { kind: "host", label: "." } }],
  ])("reads %s", (value, expected) => {
    expect(namedContexts({ name: value }).get("name")).toMatchObject(expected);
  });

  it.each([
    ["Upper", "."],
    ["", "."],
    ["a b", "."],
    ["x", "https://example.com/x.tar"],
    ["x", "oci-layout://"],
    ["x", "oci-layout://out@sha256:12"],
  ])("refuses %s=%s", (name, value) => {
    try {
      namedContexts({ [name]: value });
    } catch (error) {
      expect(isOciBuildError(error, "OPTION_INVALID")).toBe(true);
      return;
    }
    expect.unreachable();
  });
});

describe("contextName", () => {
  it.each([
    ["alpine", "alpine"],
    ["alpine:latest", "alpine"],
    ["docker.io/library/alpine:latest", "alpine"],
    ["index.docker.io/library/alpine", "alpine"],
    ["alpine:3", "alpine:3"],
    ["team/app", "team/app"],
    ["localhost:5000/app:latest", "localhost:5000/app"],
    [`alpine@${digest}`, `alpine@${digest}`],
    ["Upper", undefined],
  ])("of %s is %s", (name, expected) => {
    expect(contextName(name)).toBe(expected);
  });
});

describe("findContext", () => {
  it("finds by any form of a name, and nothing where no name can be one", () => {
    const contexts = namedContexts({ "alpine:latest": "docker-image://scratch" });
    expect(findContext(contexts, "docker.io/library/alpine")).toEqual({ kind: "scratch" });
    expect(findContext(contexts, "alpine:3")).toBeUndefined();
    expect(findContext(contexts, "$X")).toBeUndefined();
  });
});
