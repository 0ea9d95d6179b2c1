/** Lines that one builder's result has and the other's lacks, and why ours are right: we follow BuildKit, whose behaviour
 * was measured. Where we refuse to build, buildah's result is not looked at. */
export interface Difference {
  readonly why: string;
  readonly ours?: readonly string[];
  readonly buildah?: readonly string[];
}

/** Cases that buildah fails with, for one reason: by name, what we build. */
export interface OnlyWeBuild {
  readonly why: string;
  readonly ours: Readonly<Record<string, readonly string[]>>;
}

/** Cases that we refuse, for one reason. */
export interface OnlyBuildahBuilds {
  readonly why: string;
  readonly cases: readonly string[];
}
