import type { Difference } from "./difference.js";

/** Files that buildah 1.28.2 writes otherwise, by the name of the case. */
export const otherFiles: Readonly<Record<string, Difference>> = {
  "copies what a wildcard finds in directories": {
    why: "of equal names that a wildcard finds the last in order wins in BuildKit, the first in buildah",
    ours: ["file n/one.txt 0644 'E1'"],
    buildah: ["file n/one.txt 0644 '1'"],
  },
  "keeps setuid and setgid bits": {
    why: "buildah loses setuid and setgid bits of the context",
    ours: ["file n/g 02755 ''", "file n/s 04755 ''"],
    buildah: ["file n/g 0755 ''", "file n/s 0755 ''"],
  },
  "writes through a link to a file": {
    why: "BuildKit writes through a link to a file, buildah replaces the link",
    ours: ["file f 0644 'A'", "link to-f -> f"],
    buildah: ["file f 0600 'F'", "file to-f 0644 'A'"],
  },
  "makes what a dangling link names": {
    why: "BuildKit makes what a dangling link names, buildah a directory of that name",
    ours: ["file new/place 0644 'A'"],
    buildah: ["dir new/place 0755", "file new/place/a 0644 'A'"],
  },
  "makes a directory for a dot at the end": {
    why: "for BuildKit a dot at the end names a directory",
    ours: ["dir n 0755", "file n/a 0644 'A'"],
    buildah: ["file n 0644 'A'"],
  },
  "writes several sources to a name without a slash": {
    why: "several sources and a destination without a slash: in BuildKit the last one wins, buildah makes a directory",
    ours: ["file n 0644 'TF'"],
    buildah: ["dir n 0755", "file n/a 0644 'A'", "file n/f 0644 'TF'"],
  },
  "takes the last of two sources to a name": {
    why: "several sources and a destination without a slash: in BuildKit the last one wins, buildah makes a directory",
    ours: ["file n 0644 'A'"],
    buildah: ["dir n 0755", "file n/a 0644 'A'", "file n/f 0644 'TF'"],
  },
  "adds an archive with other owners": {
    why: "BuildKit gives --chown to what is in an archive, buildah does not",
    ours: [
      "dir n/d 0750 8:9",
      "dir n/d/empty 0700 8:9",
      "file n/d/one.txt 0644 8:9 '1'",
      "dir n/d/sub 0711 8:9",
      "file n/d/sub/three.txt 0644 8:9 '3'",
      "file n/d/two.md 0640 8:9 '2'",
      "link n/d/up 8:9 -> ../a.txt",
    ],
    buildah: [
      "dir n/d 0750 3:4",
      "dir n/d/empty 0700 3:4",
      "file n/d/one.txt 0644 3:4 '1'",
      "dir n/d/sub 0711 3:4",
      "file n/d/sub/three.txt 0644 3:4 '3'",
      "file n/d/two.md 0640 3:4 '2'",
      "link n/d/up 3:4 -> ../a.txt",
    ],
  },
  "adds an archive of its root": {
    why: "in BuildKit an archive's own root leaves the destination as it is",
    ours: ["dir n 0755 8:9"],
    buildah: ["dir n 0755 3:4"],
  },
  ".dockerignore: an exception with a wildcard": {
    why: "BuildKit takes files back out of directories that are left out, buildah does not look into them",
    ours: ["dir n/a 0755", "dir n/a/b 0755", "file n/a/b/two.md 0644 '2'"],
  },
  ".dockerignore: an exception with a blank": {
    why: "BuildKit takes ! and a blank before a name, buildah does not",
    ours: ["file n/top.txt 0644 't'"],
  },
  ".dockerignore: a plus": {
    why: "a plus is literal in BuildKit, part of a regular expression in buildah",
    ours: ["file n/aab 0644 'aab'"],
    buildah: ["file n/a+b 0644 '+'"],
  },
};
