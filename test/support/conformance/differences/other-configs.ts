import type { Difference } from "./difference.js";

/** Configs that buildah 1.28.2 writes otherwise, and what comes of those, by the name of the case. */
export const otherConfigs: Readonly<Record<string, Difference>> = {
  "config: ENV before ARG": {
    why: "in BuildKit an ARG hides an earlier ENV of its name",
    ours: ["Env: x=arg"],
    buildah: ["Env: x=env"],
  },
  "config: several ARGs in a line": {
    why: "in BuildKit the ARGs of a line see each other",
    ours: ["Env: x=1"],
    buildah: ["Env: x="],
  },
  "config: a predefined argument without ARG": {
    why: "in BuildKit a predefined argument needs its ARG to be expanded",
    ours: ["Env: x=unset"],
    buildah: ["Env: x=http://p"],
  },
  "config: CMD with something behind a list": {
    why: "for BuildKit JSON with something behind it is text",
    ours: ['Cmd: ["/bin/sh","-c","[\\"a\\"] b"]'],
    buildah: ['Cmd: ["a"]'],
  },
  "config: SHELL": {
    why: "buildah does not use SHELL for CMD and ENTRYPOINT",
    ours: ['Entrypoint: ["/bin/bash","-c","c"]', 'Cmd: ["/bin/bash","-c","a b"]'],
    buildah: ['Entrypoint: ["/bin/sh","-c","c"]', 'Cmd: ["/bin/sh","-c","a b"]'],
  },
  "takes SHELL of a stage below": {
    why: "buildah does not use SHELL for CMD and ENTRYPOINT",
    ours: ['Cmd: ["/bin/sh2","-x","run"]'],
    buildah: ['Cmd: ["/bin/sh","-c","run"]'],
  },
  "config: EXPOSE of a range": {
    why: "BuildKit takes ranges apart",
    ours: ['ExposedPorts: ["7000/udp","7001/udp","7002/udp"]'],
    buildah: ['ExposedPorts: ["7000-7002/udp"]'],
  },
  "config: EXPOSE in capitals": {
    why: "BuildKit writes protocols in small letters",
    ours: ['ExposedPorts: ["80/tcp"]'],
    buildah: ['ExposedPorts: ["80/TCP"]'],
  },
  "config: VOLUME": {
    why: "buildah makes the directories of volumes",
    buildah: ["dir c d 0755", "dir e 0755"],
  },
  "takes over ARGs of a stage below": {
    why: "in BuildKit a stage inherits the ARGs of the stage it stands on",
    ours: ["Env: x=1"],
    buildah: ["Env: x=unset"],
  },
  "takes the platform of a stage in the middle": {
    why: "in BuildKit another stage's platform is not the image's",
    buildah: ["Platform: linux/arm64"],
  },
};
