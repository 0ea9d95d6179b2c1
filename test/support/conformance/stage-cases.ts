import type { ConformanceCase } from "./conformance-case.js";

/** Several stages. */
export const stageCases: readonly ConformanceCase[] = [
  {
    name: "copies from a stage by name",
    dockerfile: ["FROM scratch AS s", "COPY d /d", "FROM scratch", "COPY --from=s /d /n"],
  },
  {
    name: "copies from a stage by index",
    dockerfile: ["FROM scratch", "COPY d /d", "FROM scratch", "COPY --from=0 /d/sub /n/"],
  },
  {
    name: "copies from a stage by name in another case",
    dockerfile: ["FROM scratch AS Some", "COPY a.txt /", "FROM scratch", "COPY --from=sOME /a.txt /"],
  },
  {
    name: "copies a stage whole",
    dockerfile: ["FROM scratch AS s", "COPY . /x/", "FROM scratch", "COPY --from=s / /"],
  },
  {
    name: "keeps owners of a stage",
    dockerfile: ["FROM scratch AS s", "COPY --chown=5:6 d /d", "FROM scratch", "COPY --from=s /d /n"],
  },
  {
    name: "gives other owners to files of a stage",
    dockerfile: [
      "FROM scratch AS s",
      "COPY --chown=5:6 d /d",
      "FROM scratch",
      "COPY --from=s --chown=7:8 /d /n",
    ],
  },
  {
    name: "follows links in a stage",
    dockerfile: [
      "FROM scratch AS s",
      "COPY . /c",
      "FROM scratch",
      "COPY --from=s /c/to-d /n/",
      "COPY --from=s /c/to-a /x",
    ],
  },
  {
    name: "follows absolute links in a stage",
    dockerfile: [
      "FROM scratch AS s",
      "COPY a.txt absolute d /n/",
      "COPY . /",
      "FROM scratch",
      "COPY --from=s /absolute /x",
    ],
  },
  {
    name: "takes wildcards in a stage",
    dockerfile: ["FROM scratch AS s", "COPY . /c", "FROM scratch", "COPY --from=s /c/*.txt /n/"],
  },
  {
    name: "misses a file of a stage",
    dockerfile: ["FROM scratch AS s", "COPY a.txt /", "FROM scratch", "COPY --from=s /none /n/"],
    code: "COPY_SOURCE_MISSING",
  },
  {
    name: "refuses a stage that comes later",
    dockerfile: ["FROM scratch", "COPY --from=later /x /", "FROM scratch AS later", "COPY a.txt /x"],
    target: "later",
  },
  {
    name: "builds on a stage",
    dockerfile: [
      "FROM scratch AS s",
      "COPY a.txt /",
      "ENV a=1",
      "LABEL l=1",
      "FROM s",
      "COPY b.txt /",
      "ENV b=$a",
    ],
  },
  {
    name: "builds on a stage twice",
    dockerfile: ["FROM scratch AS s", "COPY a.txt /", "FROM s AS t", "COPY b.txt /", "FROM t", "COPY d /d"],
  },
  {
    name: "takes over ARGs of a stage below",
    dockerfile: [
      "FROM scratch AS s",
      "ARG v=1",
      "COPY a.txt /",
      "FROM s",
      "COPY b.txt /",
      "ENV x=${v:-unset}",
    ],
  },
  {
    name: "takes over WORKDIR and USER of a stage below",
    dockerfile: [
      "FROM scratch AS s",
      "USER 3:4",
      "WORKDIR /w",
      "COPY a.txt .",
      "FROM s",
      "COPY b.txt sub/",
      "WORKDIR x",
    ],
  },
  {
    name: "forgets CMD when a stage above sets ENTRYPOINT",
    dockerfile: [
      "FROM scratch AS s",
      "COPY a.txt /",
      'CMD ["c"]',
      "FROM s",
      'ENTRYPOINT ["e"]',
      "COPY b.txt /",
    ],
  },
  {
    name: "keeps CMD when the stage sets both",
    dockerfile: [
      "FROM scratch AS s",
      "COPY a.txt /",
      'CMD ["c"]',
      "FROM s",
      "COPY b.txt /",
      'CMD ["d"]',
      'ENTRYPOINT ["e"]',
    ],
  },
  {
    name: "takes SHELL of a stage below",
    dockerfile: [
      "FROM scratch AS s",
      "COPY a.txt /",
      'SHELL ["/bin/sh2", "-x"]',
      "FROM s",
      "COPY b.txt /",
      "CMD run",
    ],
  },
  {
    name: "runs ONBUILD of a stage below",
    dockerfile: [
      "FROM scratch AS s",
      "COPY a.txt /",
      "ONBUILD COPY b.txt /on",
      "ONBUILD ENV on=1",
      "FROM s",
      "COPY e /e",
    ],
  },
  {
    name: "runs ONBUILD of a stage below once",
    dockerfile: [
      "FROM scratch AS s",
      "COPY a.txt /",
      "ONBUILD COPY --chown=1:1 b.txt /on",
      "FROM s AS t",
      "COPY --chown=2:2 a.txt /on",
      "FROM t",
      "COPY e /e",
    ],
  },
  {
    name: "builds a target",
    target: "one",
    dockerfile: ["FROM scratch AS one", "COPY a.txt /", "FROM scratch AS two", "COPY b.txt /"],
  },
  {
    name: "builds a target in another case",
    target: "ONE",
    dockerfile: ["FROM scratch AS one", "COPY a.txt /", "FROM scratch AS two", "COPY b.txt /"],
  },
  {
    name: "misses a target",
    target: "none",
    dockerfile: ["FROM scratch AS one", "COPY a.txt /"],
    code: "BUILD_TARGET_MISSING",
  },
  {
    name: "takes FROM from an ARG",
    dockerfile: ["ARG base=s", "FROM scratch AS s", "COPY a.txt /", "FROM $base", "COPY b.txt /"],
  },
  {
    name: "takes the platform of a stage in the middle",
    dockerfile: [
      "FROM --platform=linux/arm64 scratch AS s",
      "COPY a.txt /",
      "FROM scratch",
      "COPY --from=s /a.txt /",
    ],
  },
  {
    name: "refuses a variable in --from",
    code: "BUILD_DOCKERFILE_INVALID",
    dockerfile: ["FROM scratch AS s", "COPY a.txt /", "FROM scratch", "ARG f=s", "COPY --from=$f /a.txt /"],
  },
  {
    name: "refuses a stage name with a leading digit",
    code: "BUILD_DOCKERFILE_INVALID",
    dockerfile: ["FROM scratch AS 1a", "COPY a.txt /"],
  },
  {
    name: "deletes nothing when a stage below is written over",
    dockerfile: ["FROM scratch AS s", "COPY d /d", "FROM s", "COPY e /d", "COPY --from=s /d/sub /d/sub2"],
  },
];
