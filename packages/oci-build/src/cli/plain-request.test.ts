import { PassThrough } from "node:stream";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseArguments, type Request } from "./parse-arguments.js";
import { plainRequest } from "./plain-request.js";

const process = {
  stdout: new PassThrough().resume(),
  stderr: new PassThrough().resume(),
  stdin: new PassThrough(),
  env: {},
  on: () => undefined,
  off: () => undefined,
};

function byCommander(args: readonly string[]): Request | "refused" {
  try {
    return parseArguments(args, process);
  } catch {
    return "refused";
  }
}

const words = [
  ...["build", ".", "./app", "", "-", "--", "-f", "-t", "-o", "-q", "-qt", "-tapp", "-x", "--file", "--tag"],
  ...["--tag=a", "--tag=", "--output", "-o=x", "--output=type=oci,dest=-", "--target", "--build-arg", "A=1"],
  ...["--label", "--platform=linux/amd64", "--compression", "--compression=zstd", "--compression=xz", "zstd"],
  ...[
    "--compression-level=3",
    "--no-cache",
    "--no-cache=true",
    "--no-cache-filter",
    "--quiet",
    "--quiet=false",
    "--progress",
  ],
  ...["plain", "--progress=loud", "--iidfile", "--metadata-file=m", "--cache-dir", "--help", "-V", "--check"],
  ...["--cache-to", "--cache-from=type=local,src=c", "type=local,dest=c"],
  ...["--call", "--call=check", "--tags", "--cache", "--no-quiet", "--push", "--load", "--push=true"],
];

describe("plainRequest", () => {
  it.each<[string[], Request]>([
    [["."], { kind: "build", context: ".", flags: {} }],
    [["build", "."], { kind: "build", context: ".", flags: {} }],
    [
      ["-t", "a", "--tag=b", "--no-cache", "-q", "-o", "type=oci,dest=x", "--progress", "plain", "app"],
      {
        kind: "build",
        context: "app",
        flags: { tag: ["a", "b"], cache: false, quiet: true, output: ["type=oci,dest=x"], progress: "plain" },
      },
    ],
    [
      ["--no-cache-filter", "a,b", "--no-cache-filter=c", "."],
      { kind: "build", context: ".", flags: { noCacheFilter: ["a,b", "c"] } },
    ],
  ])("reads %j", (args, request) => {
    expect(plainRequest(args)).toEqual(request);
    expect(byCommander(args)).toEqual(request);
  });

  it.each([
    [[]],
    [["build"]],
    [[".", "."]],
    [["--help"]],
    [["-V", "."]],
    [["--tag"]],
    [["--tag", "-q", "."]],
    [["--quiet=true", "."]],
    [["--progress", "loud", "."]],
    [["--unknown", "."]],
    [["--", "."]],
    [["-tapp", "."]],
  ])("leaves %j to commander", (args) => {
    expect(plainRequest(args)).toBeUndefined();
  });

  it("says what commander says, or nothing", () => {
    const anyArguments = fc.array(fc.oneof(fc.constantFrom(...words), fc.string({ maxLength: 4 })), {
      maxLength: 6,
    });
    fc.assert(
      fc.property(anyArguments, (args) => {
        const request = plainRequest(args);
        if (request !== undefined) expect(byCommander(args)).toEqual(request);
      }),
      { numRuns: 2000 },
    );
  });
});
