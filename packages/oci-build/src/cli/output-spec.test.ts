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
    ["type=oci", undefined],
    ["type=oci,dest=", undefined],
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
    expect(parseOutput(spec, stdout)).toEqual({ output: undefined, compression });
  });

  it.each([
    ["a.tar", "it means type=local, which is not supported"],
    ["-", "it means type=tar, which is not supported"],
    ["type=oci,a.tar", "not key=value: a.tar"],
    ["dest=a.tar", "it names no type"],
    ["type=docker,dest=a", "the output type docker is not supported, only oci is"],
    ['type=oci,dest="a.tar"', "a quote stands inside a field"],
    ["type=oci,dst=a", "the output option dst is not known"],
    ["type=oci,dest=-,tar=false", "a folder cannot go to standard output"],
    ["type=oci,tar=false", "a folder needs a dest"],
    ["type=oci,compression=estargz", "the compression is one of gzip, zstd, uncompressed, not estargz"],
    ["type=oci,compression-level=high", "the compression level is a number, not high"],
    ["type=oci,dest=a,tar=maybe", "tar is true or false, not maybe"],
  ])("refuses %s", (spec, problem) => {
    expect(() => parseOutput(spec, stdout)).toThrowError(
      expect.objectContaining({ code: "OPTION_INVALID", message: `--output ${spec}: ${problem}` }),
    );
  });
});
