import { isOciBuildError } from "@oci-build/oci";
import { describe, expect, it } from "vitest";
import { formatLocation, parseImageLocation } from "./image-location.js";

const HEX = "a".repeat(64);

describe("parseImageLocation", () => {
  it.each([
    ["debian", "name", "docker.io/library/debian:latest"],
    ["localhost:5000/app:1", "name", "localhost:5000/app:1"],
    [`app@sha256:${HEX}`, "name", `docker.io/library/app@sha256:${HEX}`],
    ["oci", "name", "docker.io/library/oci:latest"],
    ["docker:27", "name", "docker.io/library/docker:27"],
    ["deadbeefcafe", "name", "docker.io/library/deadbeefcafe:latest"],
    [`sha256:${HEX}`, "id", `sha256:${HEX}`],
    [HEX, "id", HEX],
    ["docker://debian:12", "registry", "docker.io/library/debian:12"],
    ["docker-image://debian", "registry", "docker.io/library/debian:latest"],
    ["oci:a/b", "file", "oci-layout:a/b"],
    ["oci:a/b:1.0", "file", "oci-layout:a/b:1.0"],
    ["oci-layout:///a/b:1.0", "file", "oci-layout:/a/b:1.0"],
    [`oci-layout://a:1@sha256:${HEX}`, "file", `oci-layout:a@sha256:${HEX}`],
    ["oci-archive:a.tar:docker.io/library/app:1", "file", "oci-archive:a.tar:docker.io/library/app:1"],
    ["oci-archive://a.tar", "file", "oci-archive:a.tar"],
    ["docker-archive:a.tar:app:1", "file", "docker-archive:a.tar:app:1"],
    ["./app", "file", "./app"],
    ["../app:1", "file", "../app:1"],
    ["/tmp/app.tar", "file", "/tmp/app.tar"],
    ["app.tar", "file", "app.tar"],
    ["C:\\images\\app:1", "file", "C:\\images\\app:1"],
    ["oci:C:/images/app:1", "file", "oci-layout:C:/images/app:1"],
  ])("takes %s for a %s", (text, kind, formatted) => {
    const location = parseImageLocation(text);
    expect(location.kind).toBe(kind);
    expect(formatLocation(location)).toBe(formatted);
  });

  it.each([
    ["dir:/tmp/x", "images cannot be had from dir:"],
    ["docker-daemon:app:1", "images cannot be had from docker-daemon:"],
    ["containers-storage:app", "images cannot be had from containers-storage:"],
    ["https://example.com/app", "images cannot be had from https:"],
    ["oci:", "it names no path"],
    ["oci:a:", "it names no tag behind its colon"],
    ["oci:a@sha256:12", "not a digest: sha256:12"],
  ])("refuses %s", (text, problem) => {
    expect(problemOf(text)).toBe(problem);
  });

  it("refuses a name that is none as every reference is refused", () => {
    expect(() => parseImageLocation("docker://UPPER")).toThrow(/UPPER/);
  });
});

function problemOf(text: string): unknown {
  try {
    return parseImageLocation(text);
  } catch (error) {
    return isOciBuildError(error, "IMAGE_LOCATION_INVALID") ? error.data["problem"] : error;
  }
}
