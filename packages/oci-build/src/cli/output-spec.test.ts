import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { parseOutput } from "./output-spec.js";
import { formatCsv, splitCsv } from "./split-csv.js";

const stdout = new PassThrough();

describe("splitCsv", () => {
  it.each([
    ["a,b", ["a", "b"]],
    ["", [""]],
    ["a,,b", ["a", "", "b"]],
    ["a,", ["a", ""]],
    ['"a,b",c', ["a,b", "c"]],
    ['"say ""hi""",c', ['say "hi"', "c"]],
    ['a"b', undefined],
    ['"a', undefined],
    ['"a"b', undefined],
  ])("splits %j", (line, fields) => {
    expect(splitCsv(line)).toEqual(fields);
  });
});

describe("formatCsv", () => {
  it("is taken apart by splitCsv", () => {
    const fields = ["a", "b,c", 'say "hi"', ""];
    expect(splitCsv(formatCsv(fields))).toEqual(fields);
  });
});

describe("parseOutput", () => {
  it.each([
    ["type=oci,dest=a.tar", { type: "oci", dest: "a.tar", tar: true }],
    ["type=oci,dest=dir,tar=false", { type: "oci", dest: "dir", tar: false }],
    ['type=oci,"dest=a,b.tar"', { type: "oci", dest: "a,b.tar", tar: true }],
    ["type=oci,dest=a=b.tar", { type: "oci", dest: "a=b.tar", tar: true }],
    ["type=oci,dest=-", { type: "oci", dest: stdout }],
    ["type=oci,dest=/dev/stdout", { type: "oci", dest: stdout }],
    ["type=oci,dest=d,tar=F", { type: "oci", dest: "d", tar: false }],
    ["type=oci", { type: "oci" }],
    ["type=oci,dest=", { type: "oci" }],
    ["type=oci,dest=a.tar,name=app:2", { type: "oci", dest: "a.tar", tar: true, names: ["app:2"] }],
    ["type=docker", { type: "docker" }],
    ["type=docker,context=remote", { type: "docker", context: "remote" }],
    ["type=docker,dest=a.tar", { type: "docker", dest: "a.tar", tar: true }],
    ["type=docker,dest=-", { type: "docker", dest: stdout }],
    ["type=registry", { type: "registry" }],
    ["type=registry,name=a,registry.insecure=true", { type: "registry", names: ["a"], insecure: true }],
    ['type=image,"name=a, b",push=true', { type: "image", names: ["a", "b"], push: true }],
    [
      "type=image,name=a,push-by-digest=true,name-canonical=true,push=true",
      { type: "image", names: ["a"], pushByDigest: true, push: true },
    ],
    ["type=local,dest=out", { type: "local", dest: "out" }],
    ["out", { type: "local", dest: "out" }],
    ["./out/", { type: "local", dest: "./out/" }],
    ["type=tar,dest=out.tar", { type: "tar", dest: "out.tar" }],
    ["type=tar,dest=-", { type: "tar", dest: stdout }],
    ["type=tar", { type: "tar", dest: stdout }],
    ["-", { type: "tar", dest: stdout }],
    ["type=cacheonly", { type: "none" }],
    ["type=image,push=1,store=1,oci-mediatypes=true", { type: "image", push: true, store: true }],
  ])("reads %s", (spec, output) => {
    expect(parseOutput(spec, stdout)).toEqual({ output, compression: {} });
  });

  it.each([
    ["type=oci,compression=zstd", { type: "zstd" }],
    ["type=oci,compression=gzip,compression-level=9", { type: "gzip", level: 9 }],
    ["type=oci,compression-level=0", { level: 0 }],
    ["type=oci,compression=uncompressed", { type: "uncompressed" }],
    ["type=oci,compression=,compression-level=", {}],
  ])("reads the compression of %s", (spec, compression) => {
    expect(parseOutput(spec, stdout)).toEqual({ output: { type: "oci" }, compression });
  });

  it.each([
    ["type=local", "a folder needs a dest"],
    ["type=local,dest=-", "a folder needs a dest"],
    ["https://example.com/a", "an address is no folder"],
    ["type=local,dest=a,mode=delete", "the output option mode is not known of type=local"],
    ["type=cacheonly,dest=a", "the output option dest is not known of type=cacheonly"],
    ["type=oci,a.tar", "not key=value: a.tar"],
    ["dest=a.tar", "it names no type"],
    [
      "type=nydus,dest=a",
      "the output type nydus is not supported, only oci, docker, image, registry, local, tar, cacheonly are",
    ],
    ["type=image,dest=a", "the output option dest is not known of type=image"],
    ["type=registry,push=false", "type=registry is what is pushed"],
    ["type=docker,dest=a,context=b", "a context is for what is loaded, without a dest"],
    ["type=image,oci-mediatypes=false", "only OCI's media types are written"],
    ["type=image,push=yes", "push is true or false, not yes"],
    ['type=oci,dest="a.tar"', "a quote stands inside a field"],
    ["type=oci,dst=a", "the output option dst is not known of type=oci"],
    ["type=oci,dest=-,tar=false", "a folder cannot go to standard output"],
    ["type=oci,tar=false", "a folder needs a dest"],
    ["type=oci,compression=estargz", "the compression is one of gzip, zstd, uncompressed, not estargz"],
    ["type=oci,compression-level=high", "the compression level is a whole number, not high"],
    ["type=oci,dest=a,tar=maybe", "tar is true or false, not maybe"],
  ])("refuses %s", (spec, problem) => {
    expect(() => parseOutput(spec, stdout)).toThrowError(
      expect.objectContaining({ code: "OPTION_INVALID", message: `--output ${spec}: ${problem}` }),
    );
  });

  it.each(["-", "type=tar", "type=oci,dest=-", "type=docker,dest=/dev/stdout"])(
    "writes %s to no terminal",
    (spec) => {
      const terminal = Object.assign(new PassThrough(), { isTTY: true });
      expect(() => parseOutput(spec, terminal)).toThrowError(
        expect.objectContaining({ message: `--output ${spec}: standard output is a terminal` }),
      );
    },
  );

  it.each([
    ["type=image,dest=a", /^It knows name, .*push-by-digest/],
    ["type=image,push=perhaps", /^Write push=true\.$/],
    ["type=nydus,dest=a", /^Write type=oci,dest=PATH\.$/],
    ["type=local", /^Write type=local,dest=DIR\.$/],
    ["type=tar,name=a", /^It knows dest\.$/],
    ["type=cacheonly,dest=a", /^It knows none\.$/],
  ])("advises on %s for the type that was meant", (spec, hint) => {
    expect(() => parseOutput(spec, stdout)).toThrowError(
      expect.objectContaining({ hint: expect.stringMatching(hint) }),
    );
  });
});
