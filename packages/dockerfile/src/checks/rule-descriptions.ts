/** What each rule asks for, in one sentence; BuildKit's in its order, then those of this package. Apart from the rules,
 * because checking does not need it, and a bundle for browsers then has none of it. */
export const ruleDescriptions = {
  StageNameCasing: "Stage names should be lower case",
  FromAsCasing: "The AS keyword should match the letter case of the FROM keyword",
  NoEmptyContinuation: "Empty lines in a continued instruction will become errors",
  ConsistentInstructionCasing: "All instructions should be in the same letter case, upper or lower",
  DuplicateStageName: "Stage names should be unique",
  ReservedStageName: "Reserved words should not be used as stage names",
  JSONArgsRecommended: "CMD and ENTRYPOINT should be JSON arrays, so that the process gets the signals",
  MaintainerDeprecated: "MAINTAINER is deprecated, a label should name the author of an image",
  UndefinedArgInFrom: "FROM should use declared arguments",
  WorkdirRelativePath: "A relative WORKDIR without an absolute one before it depends on the base image",
  UndefinedVar: "Variables should be defined before they are used",
  MultipleInstructionsDisallowed: "Only the last CMD, ENTRYPOINT and HEALTHCHECK of a stage count",
  LegacyKeyValueFormat: "ENV and LABEL should be written key=value, not key value",
  InvalidBaseImagePlatform: "The platform of the base image should be the one that is built for",
  RedundantTargetPlatform:
    "Setting the platform of FROM to $TARGETPLATFORM is redundant, because it is the default",
  SecretsUsedInArgOrEnv: "Secrets should not be passed in ARG or ENV",
  InvalidDefaultArgInFrom: "The defaults of arguments should give a valid name of the base image",
  FromPlatformFlagConstDisallowed: "The --platform of FROM should not be a constant",
  CopyIgnoredFile: "COPY and ADD should not name a file that .dockerignore excludes",
  InvalidDefinitionDescription:
    "The comment above a stage or ARG should begin with its name, or be set apart by an empty line",
  ExposeProtoCasing: "The protocol in EXPOSE should be lower case",
  ExposeInvalidFormat: "EXPOSE should not have an address or a port of the host",
  NodeModulesIgnoreDepth: "node_modules in .dockerignore should exclude the folders of all levels",
  CopyBeforeInstall: "Dependencies should be installed before all sources are copied",
  AptGetNoClean: "The package lists of apt-get update should not stay in the image",
  UnpinnedBase: "Base images should be named by digest",
} as const;

/** The name of a rule. */
export type CheckRuleName = keyof typeof ruleDescriptions;
