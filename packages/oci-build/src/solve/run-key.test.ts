import { describe, expect, it } from "vitest";
import { type RunBuildOptions, runProject } from "../../test/support/run-project.js";

interface Edit {
  readonly before?: readonly string[];
  readonly after?: readonly string[];
  readonly files?: Readonly<Record<string, string>>;
  readonly was?: RunBuildOptions;
  readonly is?: RunBuildOptions;
}

const LINES = ["FROM scratch", "RUN make"];
const FILES = { ".dockerignore": "ignored", "d/a": "1", "d/b": "2", ignored: "3" };

/** The status of the last RUN, which was built before and is built again after an edit. */
async function statusAfter({ before = LINES, after = before, files = {}, was = {}, is = was }: Edit) {
  const project = runProject(FILES);
  await project.build(before, was);
  for (const [name, text] of Object.entries(files)) project.volume.writeFileSync(`/ctx/${name}`, text);
  const { result } = await project.build(after, is);
  return result.steps.findLast(({ name }) => name.includes("RUN"))?.status;
}

const lines = (...rest: readonly string[]): readonly string[] => ["FROM scratch", ...rest];
const mounted = (flag: string): readonly string[] => lines(`RUN --mount=${flag} make`);

describe("a RUN is run again for", () => {
  it.each<[string, Edit]>([
    ["another command", { after: lines("RUN make all") }],
    ["another form of the same words", { after: lines('RUN ["make"]') }],
    ["another shell", { after: lines('SHELL ["/bin/sh", "-e", "-c"]', "RUN make") }],
    [
      "another script",
      { before: lines("RUN <<E", "#!/x", "a", "E"), after: lines("RUN <<E", "#!/x", "b", "E") },
    ],
    ["another variable", { after: lines("ENV a=1", "RUN make") }],
    [
      "another value of a variable",
      { before: lines("ENV a=1", "RUN make"), after: lines("ENV a=2", "RUN make") },
    ],
    [
      "another value of an argument, whether it is used or not",
      { before: lines("ARG a=1", "RUN make"), is: { buildArgs: { a: "2" } } },
    ],
    [
      "another value of a proxy that an ARG declares",
      {
        before: lines("ARG HTTP_PROXY", "RUN make"),
        was: { buildArgs: { HTTP_PROXY: "http://a" } },
        is: { buildArgs: { HTTP_PROXY: "http://b" } },
      },
    ],
    [
      "another working directory",
      {
        before: lines("WORKDIR /a", "WORKDIR /b", "RUN make"),
        after: lines("WORKDIR /a", "WORKDIR /b", "WORKDIR /a", "RUN make"),
      },
    ],
    ["another user", { after: lines("USER 1", "RUN make") }],
    ["another network", { after: lines("RUN --network=none make") }],
    ["the network of the build", { is: { network: "none" } }],
    [
      "other rights",
      {
        is: { allow: ["security.insecure"] },
        after: lines("RUN --security=insecure make"),
      },
    ],
    ["another platform", { was: { platform: "linux/amd64" }, is: { platform: "linux/arm64" } }],
    [
      "another variant of the platform",
      { was: { platform: "linux/arm/v6" }, is: { platform: "linux/arm/v7" } },
    ],
    ["another host name", { is: { buildArgs: { BUILDKIT_SANDBOX_HOSTNAME: "h" } } }],
    ["another host", { is: { addHosts: [{ name: "h", address: "1.2.3.4" }] } }],
    [
      "another address of a host",
      {
        was: { addHosts: [{ name: "h", address: "1.2.3.4" }] },
        is: { addHosts: [{ name: "h", address: "1.2.3.5" }] },
      },
    ],
    ["another size of /dev/shm", { is: { shmSize: 1024 } }],
    ["another limit", { is: { ulimits: [{ name: "nofile", soft: 1 }] } }],
    ["other files below", { before: lines("COPY d/a /", "RUN make"), files: { "d/a": "3" } }],
    [
      "files that come in another order, where one hides the other",
      {
        before: lines("COPY d/a /x", "COPY d/b /x", "RUN make"),
        after: lines("COPY d/b /x", "COPY d/a /x", "RUN make"),
      },
    ],
    ["a mount", { after: mounted("type=tmpfs,target=/t") }],
    [
      "another target of a mount",
      { before: mounted("type=tmpfs,target=/t"), after: mounted("type=tmpfs,target=/u") },
    ],
    [
      "another size of a tmpfs",
      { before: mounted("type=tmpfs,target=/t"), after: mounted("type=tmpfs,target=/t,size=1") },
    ],
    ["a mount that may be written", { before: mounted("target=/t"), after: mounted("target=/t,rw") }],
    [
      "another part of the context",
      { before: mounted("source=d/a,target=/t"), after: mounted("source=d/b,target=/t") },
    ],
    ["other files of the context", { before: mounted("source=d,target=/t"), files: { "d/a": "3" } }],
    [
      "other files of a stage",
      {
        before: ["FROM scratch AS s", "COPY d/a /", "FROM scratch", "RUN --mount=from=s,target=/t make"],
        files: { "d/a": "3" },
      },
    ],
    [
      "another need for a secret",
      { before: mounted("type=secret,id=a"), after: mounted("type=secret,id=a,env=A") },
    ],
    [
      "another order of mounts",
      {
        before: lines("RUN --mount=type=tmpfs,target=/t --mount=type=tmpfs,target=/u make"),
        after: lines("RUN --mount=type=tmpfs,target=/u --mount=type=tmpfs,target=/t make"),
      },
    ],
  ])("%s", async (_, edit) => {
    expect(await statusAfter(edit)).toBe("executed");
  });
});

describe("a RUN is not run again for", () => {
  it.each<[string, Edit]>([
    ["nothing", {}],
    [
      "another order of variables",
      { before: lines("ENV a=1", "ENV b=2", "RUN make"), after: lines("ENV b=2", "ENV a=1", "RUN make") },
    ],
    [
      "an ARG that becomes an ENV",
      { before: lines("ARG a=1", "RUN make"), after: lines("ENV a=1", "RUN make") },
    ],
    ["another proxy that no ARG declares", { is: { buildArgs: { HTTP_PROXY: "http://p" } } }],
    [
      "another value of an argument that a later line declares",
      { before: lines("RUN make", "ARG a"), is: { buildArgs: { a: "1" } } },
    ],
    [
      "labels, a command and other such lines",
      { after: lines("LABEL a=b", "EXPOSE 80", "CMD x", "RUN make") },
    ],
    [
      "another stage's name",
      { before: ["FROM scratch AS a", "RUN make"], after: ["FROM scratch AS b", "RUN make"] },
    ],
    ["a comment before it", { after: lines("# comment", "RUN make") }],
    [
      "the bytes of a secret",
      {
        before: mounted("type=secret,id=a"),
        was: { secrets: { a: { value: "1" } } },
        is: { secrets: { a: { value: "2" } } },
      },
    ],
    [
      "a secret that is given now",
      { before: mounted("type=secret,id=a"), is: { secrets: { a: { value: "1" } } } },
    ],
    [
      "files that the mounted part of the context does not have",
      { before: mounted("source=d/a,target=/t"), files: { "d/b": "3" } },
    ],
    ["files that the ignore file leaves out", { before: mounted("target=/t"), files: { ignored: "4" } }],
    [
      "the place where the mounted files come from",
      {
        before: mounted("source=d,target=/t"),
        after: [
          "FROM scratch AS s",
          "COPY d /d/",
          "FROM scratch",
          "RUN --mount=from=s,source=/d,target=/t make",
        ],
      },
    ],
    ["the network that it had anyway", { after: lines("RUN --network=default make") }],
  ])("%s", async (_, edit) => {
    expect(await statusAfter(edit)).toBe("cached");
  });

  it("other times of the files below, and of those that it mounts", async () => {
    const { build, volume } = runProject(FILES);
    const dockerfile = lines("COPY d /d/", "RUN --mount=source=d,target=/t make");
    await build(dockerfile);
    volume.utimesSync("/ctx/d/a", 1, 2);
    expect((await build(dockerfile)).statuses).toEqual(["cached", "cached"]);
  });
});
