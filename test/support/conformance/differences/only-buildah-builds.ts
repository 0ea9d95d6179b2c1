import type { OnlyBuildahBuilds } from "./difference.js";

/** What we refuse as BuildKit does, and buildah 1.28.2 builds, whatever that gives. */
export const onlyBuildahBuilds: readonly OnlyBuildahBuilds[] = [
  {
    why: "BuildKit refuses a flag given twice, buildah takes the last",
    cases: ["refuses a flag given twice"],
  },
  {
    why: "BuildKit refuses to replace a directory by something else and the reverse, buildah replaces",
    cases: [
      "refuses a directory over a link in the copied tree",
      "refuses a file over a directory in the copied tree",
      "refuses a directory over a file in the copied tree",
    ],
  },
  {
    why: "BuildKit refuses a WORKDIR that is a file, buildah goes on",
    cases: ["refuses a WORKDIR that is a file"],
  },
  { why: "BuildKit refuses a name that is empty", cases: ["config: ENV without a name"] },
  { why: "BuildKit refuses ports that are none", cases: ["config: EXPOSE of a wrong port"] },
  {
    why: "BuildKit refuses durations below a millisecond",
    cases: ["config: HEALTHCHECK with an interval too small"],
  },
  {
    why: "BuildKit refuses names of stages that begin with a digit",
    cases: ["refuses a stage name with a leading digit"],
  },
];
