import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { generateDockerfile } from "../../../bench/corpus/generate-dockerfile.mjs";
import { format, type Instruction, parse, parseDockerfile, predefinedArgs, print } from "../src/index.js";
import { placesOf } from "./support/check-places.js";
import { meaningOf } from "./support/meaning.js";

const repository = join(import.meta.dirname, "../../..");

function rulesOf(line: string): readonly string[] {
  return parseDockerfile(`FROM a\n${line}\n`).diagnostics.map(({ rule }) => rule);
}

function read(line: string): Instruction | undefined {
  return parseDockerfile(`FROM a\n${line}`).stages.stages[0]?.instructions[0];
}

describe("instructions", () => {
  it("are 18", () => {
    const lines =
      "ADD a b,ARG a,CMD a,COPY a b,ENTRYPOINT a,ENV a=b,EXPOSE 1,HEALTHCHECK NONE,LABEL a=b,MAINTAINER a," +
      'ONBUILD USER a,RUN a,SHELL ["a"],STOPSIGNAL 9,USER a,VOLUME a,WORKDIR /a';
    const { stages, diagnostics } = parseDockerfile(["FROM a", ...lines.split(",")].join("\n"));
    const [stage] = stages.stages;
    const kinds = [stage?.from, ...(stage?.instructions ?? [])].map((instruction) => instruction?.kind);
    expect(diagnostics).toEqual([]);
    expect(new Set(kinds).size).toBe(18);
  });

  it.each([
    ["USER a b", { user: { text: "a b" } }],
    ["WORKDIR /a b", { path: { text: "/a b" } }],
    ["MAINTAINER a b", { name: { text: "a b" } }],
  ])("of one argument take the rest of the line: %s", (line, fields) => {
    expect(rulesOf(line)).toEqual([]);
    expect(read(line)).toMatchObject(fields);
  });

  it.each([
    ["STOPSIGNAL 9 15", "DOCKERFILE_INVALID_SIGNAL"],
    ["STOPSIGNAL", "DOCKERFILE_ARGUMENT_COUNT"],
    ["MAINTAINER", "DOCKERFILE_ARGUMENT_COUNT"],
    ["ENTRYPOINT [1]", "DOCKERFILE_INVALID_JSON"],
    ["SHELL a", "DOCKERFILE_INVALID_JSON"],
    ["COPY a", "DOCKERFILE_ARGUMENT_COUNT"],
    ["HEALTHCHECK NONE a", "DOCKERFILE_ARGUMENT_COUNT"],
  ])("need the arguments that they need: %s", (line, rule) => {
    expect(rulesOf(line)).toEqual([rule]);
  });

  it("are read in any letter case", () => {
    expect(read("wOrKdIr /a")).toMatchObject({ kind: "workdir", keyword: { text: "wOrKdIr" } });
  });
});

describe("flags", () => {
  it.each([
    [
      "RUN --mount=target=/a --mount=type=tmpfs,target=/b x",
      { mounts: [{ type: "bind" }, { type: "tmpfs" }] },
    ],
    ["RUN --network=default x", { network: "default" }],
    ["RUN --network=none x", { network: "none" }],
    ["RUN --network=host x", { network: "host" }],
    ["RUN --security=sandbox x", { security: "sandbox" }],
    ["RUN --security=insecure x", { security: "insecure" }],
    ["RUN --device=a/b=c x", { devices: [{ text: "a/b=c" }] }],
    ["RUN x", { network: "default", security: "sandbox", mounts: [], devices: [] }],
    ["ADD --keep-git-dir a b", { keepGitDir: true }],
    ["ADD --keep-git-dir=false a b", { keepGitDir: false }],
    ["ADD --checksum=sha256:a a b", { checksum: { text: "sha256:a" } }],
    [
      "ADD --chmod=644 --chown=1:2 --link a b",
      { chmod: { text: "644" }, chown: { text: "1:2" }, link: true },
    ],
    ["ADD --unpack a b", { unpack: true }],
    ["ADD --exclude=c --exclude=d a b", { exclude: [{ text: "c" }, { text: "d" }] }],
    ["ADD a b", { keepGitDir: undefined, unpack: undefined, link: false, exclude: [] }],
    ["COPY --from=c a b", { from: { text: "c" } }],
    ["COPY --chmod=u=rwX,go=rX a b", { chmod: { text: "u=rwX,go=rX" } }],
    ["COPY --chown=a --link=TRUE --parents a b", { chown: { text: "a" }, link: true, parents: true }],
    ["COPY --exclude=c --exclude=**/d a b", { exclude: [{ text: "c" }, { text: "**/d" }] }],
    ["COPY --from= a b", { from: undefined }],
    ["HEALTHCHECK --interval=1s --timeout=2s CMD a", { intervalNs: 1e9, timeoutNs: 2e9 }],
    [
      "HEALTHCHECK --start-period=1ms --start-interval=1h CMD a",
      { startPeriodNs: 1e6, startIntervalNs: 3.6e12 },
    ],
    ["HEALTHCHECK --retries=7 CMD a", { retries: 7 }],
    ["HEALTHCHECK --interval=0 --retries=0 CMD a", { intervalNs: undefined, retries: undefined }],
  ])("are understood: %s", (line, fields) => {
    expect(rulesOf(line)).toEqual([]);
    expect(read(line)).toMatchObject(fields);
  });

  it.each([
    ["foo", false],
    ["linux/amd64/v1/x", false],
    ["", true],
    ["linux", true],
    ["arm64", true],
    ["x86_64", true],
    ["foo/bar", true],
    ["windows(10.0.1)/amd64", true],
    ["$foo", true],
  ])("name a platform as containerd reads it: %j: %j", (platform, isOne) => {
    const { diagnostics } = parseDockerfile(`FROM --platform=${platform} a`);
    const rules = diagnostics.map(({ rule }) => rule);
    expect(rules).toEqual(isOne ? [] : ["DOCKERFILE_INVALID_FLAG_VALUE"]);
  });

  it.each([
    "COPY --keep-git-dir a b",
    "COPY --checksum=a a b",
    "COPY --unpack a b",
    "ADD --from=a a b",
    "ADD --parents a b",
    "RUN --link a",
    "CMD --mount=a a",
    "ENTRYPOINT --a b",
    "HEALTHCHECK --start=1s CMD a",
    "SHELL --a []",
    "LABEL --a b=c",
    "USER --a b",
    "VOLUME --a b",
    "EXPOSE --a 1",
    "COPY --LINK a b",
  ])("of other instructions are unknown: %s", (line) => {
    expect(rulesOf(line)).toContain("DOCKERFILE_UNKNOWN_FLAG");
  });

  it.each([
    ["COPY --chown='a b' c d", "a b"],
    ['COPY --chown="a\'b" c d', "a'b"],
    ["COPY --chown=a\\ b c d", "a b"],
    ["COPY --chown=a\\\\b c d", "a\\b"],
    ["COPY --ch\"own\"=a'b'c c d", "abc"],
    ["COPY --chown='a\\'b' c d", "a'b"],
  ])("lose quotes and escapes: %s", (line, text) => {
    expect(read(line)).toMatchObject({ chown: { text }, sources: [{ text: "c" }] });
  });

  it("end at --, and at the first word that is none", () => {
    expect(read("COPY --link -- --from=a b")).toMatchObject({ link: true, sources: [{ text: "--from=a" }] });
    expect(read("COPY a --link b")).toMatchObject({
      link: false,
      sources: [{ text: "a" }, { text: "--link" }],
    });
  });
});

describe("the options of a mount", () => {
  it.each([
    ["target=/a", { type: "bind", target: { text: "/a" }, readWrite: false }],
    ["dst=/a,src=b", { type: "bind", target: { text: "/a" }, source: { text: "b" } }],
    [
      "destination=/a,source=b,from=c",
      { target: { text: "/a" }, source: { text: "b" }, from: { text: "c" } },
    ],
    ["target=/a,rw", { readWrite: true }],
    ["target=/a,readwrite=true", { readWrite: true }],
    ["target=/a,rw=false", { readWrite: false }],
    ["target=/a,ro=0", { readWrite: true }],
    ["TYPE=Cache,Target=/a", { type: "cache", target: { text: "/a" } }],
    ["type=cache,target=a", { type: "cache", target: { text: "a" }, readOnly: false, sharing: "shared" }],
    ["type=cache,target=/a,readonly,sharing=private", { readOnly: true, sharing: "private" }],
    ["type=cache,target=/a,sharing=locked,from=b,source=c", { sharing: "locked", from: { text: "b" } }],
    ["type=cache,target=/a,id=b,mode=0700,uid=1,gid=2", { id: { text: "b" }, mode: 0o700, uid: 1, gid: 2 }],
    ["type=tmpfs,target=/a", { type: "tmpfs", sizeBytes: undefined }],
    ["type=tmpfs,target=/a,size=2k", { type: "tmpfs", sizeBytes: 2048 }],
    ["type=secret,id=a", { type: "secret", id: { text: "a" }, required: false }],
    ["type=secret,target=/a", { type: "secret", target: { text: "/a" } }],
    [
      "type=secret,id=a,env=B,required=1,mode=400,uid=3,gid=4",
      { env: { text: "B" }, mode: 0o400, uid: 3, gid: 4 },
    ],
    ["type=ssh", { type: "ssh", required: false }],
    [
      "type=ssh,id=a,target=/b,required,mode=0666",
      { id: { text: "a" }, target: { text: "/b" }, mode: 0o666 },
    ],
  ])("are understood: %s", (options, mount) => {
    const line = `RUN --mount=${options} x`;
    expect(rulesOf(line)).toEqual([]);
    expect(read(line)).toMatchObject({ mounts: [mount] });
  });

  it.each([
    "type=tmpfs,target=/a,uid=1",
    "type=tmpfs,target=/a,mode=1",
    "type=bind,target=/a,gid=1",
    "type=bind,target=/a,size=1",
    "type=cache,target=/",
    "type=tmpfs,target=/",
    "type=ssh,source=a",
    "type=cache,target=/a,uid=-1",
    "type=cache,target=/a,ro=maybe",
  ])("are refused where they mean nothing: %s", (options) => {
    expect(rulesOf(`RUN --mount=${options} x`)).toEqual(["DOCKERFILE_INVALID_MOUNT"]);
  });
});

describe("parser directives", () => {
  it.each([
    ["# escape=`\nFROM a", "`"],
    ["#ESCAPE = `\nFROM a", "`"],
    ["# check=skip=all\n# escape=`\nFROM a", "`"],
    ["\uFEFF# escape=`\nFROM a", "`"],
    ["# escape=`\r\nFROM a", "`"],
    ["\n# escape=`\nFROM a", "\\"],
    ["# a comment\n# escape=`\nFROM a", "\\"],
    ["#\n# escape=`\nFROM a", "\\"],
    ["# unknown=a\n# escape=`\nFROM a", "\\"],
    ["FROM a\n# escape=`\n", "\\"],
    ["# escape=\nFROM a", "\\"],
    ["# e-scape=`\nFROM a", "\\"],
  ])("stand at the very top: %j", (text, character) => {
    expect(parse(text).ast.escape).toBe(character);
  });

  it.each(["syntax=a", "escape=`", "check=skip=all"])("are given once: %s", (directive) => {
    const { diagnostics } = parse(`# ${directive}\n# ${directive}\nFROM a`);
    expect(diagnostics.map(({ rule }) => rule)).toEqual(["DOCKERFILE_DUPLICATE_DIRECTIVE"]);
  });
});

describe("predefined arguments", () => {
  it("are BuildKit's", () => {
    const proxy = ["HTTP", "HTTPS", "FTP", "NO", "ALL"].map((name) => `${name}_PROXY`);
    expect(predefinedArgs.proxy.toSorted()).toEqual(
      [...proxy, ...proxy.map((name) => name.toLowerCase())].sort(),
    );
    const parts = ["PLATFORM", "OS", "OSVERSION", "ARCH", "VARIANT"];
    const platform = ["TARGET", "BUILD"].flatMap((prefix) => parts.map((part) => prefix + part));
    expect(predefinedArgs.platform.toSorted()).toEqual([...platform, "TARGETSTAGE"].sort());
    expect(predefinedArgs.buildKit).toContain("SOURCE_DATE_EPOCH");
  });

  it.each(predefinedArgs.platform)(
    "of the platform are known to FROM, and to a stage that declares them: %s",
    (name) => {
      const text = `FROM a$${name}\nARG ${name}\nENV b=$${name}\nFROM scratch\nENV b=$${name}`;
      expect(placesOf("UndefinedArgInFrom", text)).toEqual([]);
      expect(placesOf("UndefinedVar", text)).toEqual([`5:7-5:${8 + name.length}`]);
    },
  );

  it.each(predefinedArgs.proxy)("for proxies are no variables without an ARG: %s", (name) => {
    expect(placesOf("UndefinedVar", `FROM scratch\nENV b=$${name}`)).toEqual([`2:7-2:${8 + name.length}`]);
    expect(placesOf("UndefinedVar", `FROM scratch\nARG ${name}\nENV b=$${name}`)).toEqual([]);
  });
});

describe("variables", () => {
  it.each([
    ["ADD --chown=$a b c", true],
    ["ADD --chmod=$a b c", true],
    ["ADD --checksum=$a b c", true],
    ["ADD $a c", true],
    ["COPY b $a", true],
    ["COPY --chown=$a b c", true],
    ["COPY --chmod=$a b c", true],
    ["COPY --exclude=$a b c", true],
    ["ENV b=$a", true],
    ["ENV b $a", true],
    ["ARG b=$a", true],
    ["LABEL b=$a", true],
    ["STOPSIGNAL $a", true],
    ["USER $a", true],
    ["VOLUME $a", true],
    ['VOLUME ["$a"]', true],
    ["WORKDIR /$a", true],
    ["RUN --mount=target=/$a b", true],
    ["RUN --mount=target=/b,source=$a b", true],
    ["RUN --mount=type=cache,target=/b,id=$a b", true],
    ["RUN --mount=type=secret,id=$a b", true],
    ["RUN $a", false],
    ["RUN <<E\n$a\nE", false],
    ["RUN --network=none $a", false],
    ["CMD $a", false],
    ['CMD ["$a"]', false],
    ["ENTRYPOINT $a", false],
    ["HEALTHCHECK CMD $a", false],
    ['SHELL ["$a"]', false],
    ["MAINTAINER $a", false],
    ["COPY <<'E' /b\n$a\nE", false],
    ["COPY <<E /b\n\\$a\nE", false],
  ])("are replaced by the builder in %j: %j", (line, isReplaced) => {
    expect(placesOf("UndefinedVar", `FROM scratch\n${line}\n`).length > 0).toBe(isReplaced);
  });

  it("of one ARG see the ones before, of one ENV those before the instruction", () => {
    expect(placesOf("UndefinedVar", "FROM scratch\nARG a=1 b=$a\nENV c=1 d=$c")).toEqual(["3:11-3:13"]);
  });

  it.each(["COPY --from=$a b c", "RUN --mount=from=$a,target=/b c"])("name no stage: %s", (line) => {
    expect(rulesOf(line)).toEqual(["DOCKERFILE_VARIABLE_NOT_ALLOWED"]);
  });
});

describe("names of secrets", () => {
  it.each([
    "apikey",
    "auth",
    "credential",
    "credentials",
    "key",
    "password",
    "pword",
    "passwd",
    "secret",
    "token",
  ])("have the word %s", (word) => {
    const text = `FROM a\nARG ${word} my_${word.toUpperCase()}_1 ${word}_file x${word}`;
    expect(placesOf("SecretsUsedInArgOrEnv", text)).toHaveLength(2);
  });
});

describe("all Dockerfiles of this repository, and 200 generated ones", () => {
  const folders = ["packages/dockerfile/test/fixtures", "examples", "bench/fixtures"];
  const files = folders.flatMap((folder) =>
    readdirSync(join(repository, folder), { recursive: true, encoding: "utf8" })
      .filter((path) => /(?:^|\/)Dockerfile[^/]*$/.test(path) && !path.includes("node_modules"))
      .map((path) => readFileSync(join(repository, folder, path), "utf8")),
  );
  const texts = [...files, ...Array.from({ length: 200 }, (_, index) => generateDockerfile(index + 1))];

  it("are printed as they are written, and mean the same when they are formatted", () => {
    expect(files.length).toBeGreaterThan(40);
    for (const text of texts) {
      expect(print(parse(text).ast)).toBe(text);
      expect(meaningOf(format(text))).toEqual(meaningOf(text));
    }
  });
});
