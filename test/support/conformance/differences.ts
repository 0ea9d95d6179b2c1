/** Lines that one builder's result has and the other's lacks, and why ours are right: we follow BuildKit, whose behaviour
 * was measured. Where we refuse to build, buildah's result is not looked at. */
export interface Difference {
  readonly why: string;
  readonly ours?: readonly string[];
  readonly buildah?: readonly string[];
}

/** The allowed differences from buildah 1.28.2, by the name of the case. */
export const differences: Readonly<Record<string, Difference>> = {
  "copies what a wildcard finds": {
    why: "buildah takes a name with brackets that a wildcard found for a pattern, and misses it",
    ours: [
      "dir n 0755",
      "file n/[x].txt 0644 'X'",
      "file n/a.txt 0644 'A'",
      "file n/b.txt 0600 'B'",
      "file n/sp ace.txt 0644 'S'",
    ],
    buildah: ["fails"],
  },
  "copies a name with a bracket": {
    why: "buildah takes a name with brackets that a wildcard found for a pattern, and misses it",
    ours: ["dir n 0755", "file n/[x].txt 0644 'X'"],
    buildah: ["fails"],
  },
  "adds what a wildcard finds": {
    why: "buildah takes a name with brackets that a wildcard found for a pattern, and misses it",
    ours: [
      "dir n 0755",
      "file n/[x].txt 0644 'X'",
      "file n/a.txt 0644 'A'",
      "file n/b.txt 0600 'B'",
      "file n/sp ace.txt 0644 'S'",
    ],
    buildah: ["fails"],
  },
  "takes wildcards in a stage": {
    why: "buildah takes a name with brackets that a wildcard found for a pattern, and misses it",
    ours: [
      "dir n 0755",
      "file n/[x].txt 0644 'X'",
      "file n/a.txt 0644 'A'",
      "file n/b.txt 0600 'B'",
      "file n/sp ace.txt 0644 'S'",
    ],
    buildah: ["fails"],
  },
  "copies what a wildcard finds in directories": {
    why: "of equal names that a wildcard finds the last in order wins in BuildKit, the first in buildah",
    ours: ["file n/one.txt 0644 'E1'"],
    buildah: ["file n/one.txt 0644 '1'"],
  },
  "finds nothing at all": {
    why: "BuildKit does not mind wildcards without a match, buildah wants one source at least",
    ours: ["file a.txt 0644 'A'"],
    buildah: ["fails"],
  },
  ".dockerignore: a wildcard that finds only what is left out": {
    why: "BuildKit does not mind wildcards without a match, buildah wants one source at least",
    ours: ["dir n 0755", "file n/keep.md 0644 'k'"],
    buildah: ["fails"],
  },
  "gives an owner that is not known": {
    why: "BuildKit takes owners that are not known as 0",
    ours: ["file x 0644 'A'"],
    buildah: ["fails"],
  },
  "gives a mode in letters": {
    why: "only BuildKit knows modes in letters",
    ours: [
      "dir n 0755",
      "dir n/empty 0755",
      "file n/one.txt 0644 '1'",
      "file n/run.sh 0755 '#!'",
      "dir n/sub 0755",
      "file n/sub/three.txt 0644 '3'",
      "file n/two.md 0644 '2'",
      "link n/up -> ../a.txt",
    ],
    buildah: ["fails"],
  },
  "keeps setuid and setgid bits": {
    why: "buildah loses setuid and setgid bits of the context",
    ours: ["file n/g 02755 ''", "file n/s 04755 ''"],
    buildah: ["file n/g 0755 ''", "file n/s 0755 ''"],
  },
  "refuses a flag given twice": {
    why: "BuildKit refuses a flag given twice, buildah takes the last",
    ours: ["fails"],
    buildah: ["builds"],
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
  "refuses a directory over a link in the copied tree": {
    why: "BuildKit refuses to replace a directory by something else and the reverse, buildah replaces",
    ours: ["fails"],
    buildah: ["builds"],
  },
  "refuses a file over a directory in the copied tree": {
    why: "BuildKit refuses to replace a directory by something else and the reverse, buildah replaces",
    ours: ["fails"],
    buildah: ["builds"],
  },
  "refuses a directory over a file in the copied tree": {
    why: "BuildKit refuses to replace a directory by something else and the reverse, buildah replaces",
    ours: ["fails"],
    buildah: ["builds"],
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
  "refuses a WORKDIR that is a file": {
    why: "BuildKit refuses a WORKDIR that is a file, buildah goes on",
    ours: ["fails"],
    buildah: ["builds"],
  },
  "links over whatever is below": {
    why: "buildah 1.28 has no --link",
    ours: [
      "link abs -> /usr/bin",
      "dir app 0700",
      "file app/old 0600 'O'",
      "link bin -> usr/bin",
      "file f 0600 'F'",
      "link loop -> loop",
      "dir n 0755",
      "file n/x 0644 'A'",
      "link out -> ../../usr",
      "link to-f -> f",
      "link to-none -> /new/place",
      "dir usr 0755",
      "dir usr/bin 0755",
    ],
    buildah: ["fails"],
  },
  "leaves out what --exclude names": {
    why: "buildah 1.28 has no --exclude",
    ours: [
      "dir n 0755",
      "dir n/empty 0700",
      "file n/one.txt 0644 '1'",
      "dir n/sub 0711",
      "file n/sub/three.txt 0644 '3'",
      "link n/up -> ../a.txt",
    ],
    buildah: ["fails"],
  },
  "leaves out directories that --exclude names": {
    why: "buildah 1.28 has no --exclude",
    ours: [
      "dir n 0755",
      "dir n/empty 0700",
      "file n/one.txt 0644 '1'",
      "file n/two.md 0640 '2'",
      "link n/up -> ../a.txt",
    ],
    buildah: ["fails"],
  },
  "takes back what --exclude left out": {
    why: "buildah 1.28 has no --exclude",
    ours: [
      "dir n 0755",
      "dir n/empty 0700",
      "file n/one.txt 0644 '1'",
      "dir n/sub 0711",
      "file n/sub/three.txt 0644 '3'",
      "file n/two.md 0640 '2'",
      "link n/up -> ../a.txt",
    ],
    buildah: ["fails"],
  },
  "leaves out by two patterns": {
    why: "buildah 1.28 has no --exclude",
    ours: [
      "dir n 0755",
      "dir n/empty 0700",
      "dir n/sub 0711",
      "file n/sub/three.txt 0644 '3'",
      "link n/up -> ../a.txt",
    ],
    buildah: ["fails"],
  },
  "leaves out at any depth": {
    why: "buildah 1.28 has no --exclude",
    ours: [
      "dir n 0755",
      "link n/absolute -> /a.txt",
      "dir n/d 0750",
      "dir n/d/empty 0700",
      "dir n/d/sub 0711",
      "file n/d/two.md 0640 '2'",
      "link n/d/up -> ../a.txt",
      "link n/dangling -> nowhere",
      "dir n/e 0755",
      "file n/run.sh 0755 '#!'",
      "link n/to-a -> a.txt",
      "link n/to-d -> d",
    ],
    buildah: ["fails"],
  },
  "keeps parents": {
    why: "buildah 1.28 has no --parents",
    ours: ["dir n 0755", "dir n/d 0750", "dir n/d/sub 0711", "file n/d/sub/three.txt 0644 '3'"],
    buildah: ["fails"],
  },
  "keeps the parents of what a wildcard finds": {
    why: "buildah 1.28 has no --parents",
    ours: [
      "dir n 0755",
      "dir n/d 0750",
      "file n/d/one.txt 0644 '1'",
      "dir n/e 0755",
      "file n/e/one.txt 0644 'E1'",
    ],
    buildah: ["fails"],
  },
  "keeps the parents of a directory": {
    why: "buildah 1.28 has no --parents",
    ours: ["dir n 0755", "dir n/d 0750", "dir n/d/sub 0711", "file n/d/sub/three.txt 0644 '3'"],
    buildah: ["fails"],
  },
  "keeps the parents behind the pivot": {
    why: "buildah 1.28 has no --parents",
    ours: ["dir n 0755", "dir n/sub 0711", "file n/sub/three.txt 0644 '3'"],
    buildah: ["fails"],
  },
  "copies a here-document": {
    why: "buildah 1.28 has no here-documents",
    ours: ["file motd 0644 'hello\n'"],
    buildah: ["fails"],
  },
  "expands nothing in a quoted here-document": {
    why: "buildah 1.28 has no here-documents",
    ours: ["Env: v=1", "file x 0644 '$v\n'"],
    buildah: ["fails"],
  },
  "copies two here-documents": {
    why: "buildah 1.28 has no here-documents",
    ours: ["dir n 0755", "file n/one 0644 '1\n'", "file n/two 0644 '2\n'"],
    buildah: ["fails"],
  },
  "copies a here-document into a directory": {
    why: "buildah 1.28 has no here-documents",
    ours: ["dir etc 0755", "file etc/motd 0644 'hello\n'"],
    buildah: ["fails"],
  },
  "strips tabs of a here-document": {
    why: "buildah 1.28 has no here-documents",
    ours: ["file x 0644 'a\n  b\n'"],
    buildah: ["fails"],
  },
  "expands variables in a here-document": {
    why: "buildah 1.28 has no here-documents",
    ours: ["Env: v=1", "file x 0644 '1 \"1\" $v\n'"],
    buildah: ["fails"],
  },
  "gives owner and mode to a here-document": {
    why: "buildah 1.28 has no here-documents",
    ours: ["dir n 0755 1:2", "file n/x 0755 1:2 'a\n'"],
    buildah: ["fails"],
  },
  "adds a here-document": {
    why: "buildah 1.28 has no here-documents",
    ours: ["file x 0644 'a\n'"],
    buildah: ["fails"],
  },
  "copies a here-document after a file": {
    why: "buildah 1.28 has no here-documents",
    ours: ["dir n 0755", "file n/EOF 0644 'a\n'", "file n/a.txt 0644 'A'"],
    buildah: ["fails"],
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
  "adds an archive below a link inside the destination": {
    why: "BuildKit follows links inside the destination, buildah fails",
    ours: ["dir n 0755", "link n/d -> /other", "dir n/other 0755", "file n/other/f 0644 3:4 ''"],
    buildah: ["fails"],
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
  "config: ENV without a name": {
    why: "BuildKit refuses a name that is empty",
    ours: ["fails"],
    buildah: ["builds"],
  },
  "config: prefixes and suffixes of variables": {
    why: "buildah 1.28 has no prefixes and suffixes of variables",
    ours: [
      "Env: v=a.b.c",
      "Env: p=b.c",
      "Env: q=c",
      "Env: r=a.b",
      "Env: s=a",
      "Env: t=a-b.c",
      "Env: u=a-b-c",
      "file a.txt 0644 'A'",
    ],
    buildah: ["fails"],
  },
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
  "config: EXPOSE of a wrong port": {
    why: "BuildKit refuses ports that are none",
    ours: ["fails"],
    buildah: ["builds"],
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
  "config: HEALTHCHECK with an interval too small": {
    why: "BuildKit refuses durations below a millisecond",
    ours: ["fails"],
    buildah: ["builds"],
  },
  "copies from a stage by name in another case": {
    why: "for BuildKit the case of stages' names does not matter in --from and --target",
    ours: ["file a.txt 0644 'A'"],
    buildah: ["fails"],
  },
  "builds a target in another case": {
    why: "for BuildKit the case of stages' names does not matter in --from and --target",
    ours: ["file a.txt 0644 'A'"],
    buildah: ["fails"],
  },
  "takes over ARGs of a stage below": {
    why: "in BuildKit a stage inherits the ARGs of the stage it stands on",
    ours: ["Env: x=1"],
    buildah: ["Env: x=unset"],
  },
  "takes FROM from an ARG": {
    why: "buildah 1.28 looks for stages before it expands FROM",
    ours: ["file a.txt 0644 'A'", "file b.txt 0600 'B'"],
    buildah: ["fails"],
  },
  "refuses a stage name with a leading digit": {
    why: "BuildKit refuses names of stages that begin with a digit",
    ours: ["fails"],
    buildah: ["builds"],
  },
  "takes the platform of a stage in the middle": {
    why: "in BuildKit another stage's platform is not the image's",
    buildah: ["Platform: linux/arm64"],
  },
};
