import type { OnlyWeBuild } from "./difference.js";

/** What buildah 1.28.2 fails with, and we build as BuildKit does. */
export const onlyWeBuild: readonly OnlyWeBuild[] = [
  {
    why: "buildah takes a name with brackets that a wildcard found for a pattern, and misses it",
    ours: {
      "copies what a wildcard finds": [
        "dir n 0755",
        "file n/[x].txt 0644 'X'",
        "file n/a.txt 0644 'A'",
        "file n/b.txt 0600 'B'",
        "file n/sp ace.txt 0644 'S'",
      ],
      "copies a name with a bracket": ["dir n 0755", "file n/[x].txt 0644 'X'"],
      "adds what a wildcard finds": [
        "dir n 0755",
        "file n/[x].txt 0644 'X'",
        "file n/a.txt 0644 'A'",
        "file n/b.txt 0600 'B'",
        "file n/sp ace.txt 0644 'S'",
      ],
      "takes wildcards in a stage": [
        "dir n 0755",
        "file n/[x].txt 0644 'X'",
        "file n/a.txt 0644 'A'",
        "file n/b.txt 0600 'B'",
        "file n/sp ace.txt 0644 'S'",
      ],
    },
  },
  {
    why: "BuildKit does not mind wildcards without a match, buildah wants one source at least",
    ours: {
      "finds nothing at all": ["file a.txt 0644 'A'"],
      ".dockerignore: a wildcard that finds only what is left out": ["dir n 0755", "file n/keep.md 0644 'k'"],
    },
  },
  {
    why: "BuildKit takes owners that are not known as 0",
    ours: { "gives an owner that is not known": ["file x 0644 'A'"] },
  },
  {
    why: "only BuildKit knows modes in letters",
    ours: {
      "gives a mode in letters": [
        "dir n 0755",
        "dir n/empty 0755",
        "file n/one.txt 0644 '1'",
        "file n/run.sh 0755 '#!'",
        "dir n/sub 0755",
        "file n/sub/three.txt 0644 '3'",
        "file n/two.md 0644 '2'",
        "link n/up -> ../a.txt",
      ],
    },
  },
  {
    why: "buildah 1.28 has no --link",
    ours: {
      "links over whatever is below": [
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
    },
  },
  {
    why: "buildah 1.28 has no --exclude",
    ours: {
      "leaves out what --exclude names": [
        "dir n 0755",
        "dir n/empty 0700",
        "file n/one.txt 0644 '1'",
        "dir n/sub 0711",
        "file n/sub/three.txt 0644 '3'",
        "link n/up -> ../a.txt",
      ],
      "leaves out directories that --exclude names": [
        "dir n 0755",
        "dir n/empty 0700",
        "file n/one.txt 0644 '1'",
        "file n/two.md 0640 '2'",
        "link n/up -> ../a.txt",
      ],
      "takes back what --exclude left out": [
        "dir n 0755",
        "dir n/empty 0700",
        "file n/one.txt 0644 '1'",
        "dir n/sub 0711",
        "file n/sub/three.txt 0644 '3'",
        "file n/two.md 0640 '2'",
        "link n/up -> ../a.txt",
      ],
      "leaves out by two patterns": [
        "dir n 0755",
        "dir n/empty 0700",
        "dir n/sub 0711",
        "file n/sub/three.txt 0644 '3'",
        "link n/up -> ../a.txt",
      ],
      "leaves out at any depth": [
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
    },
  },
  {
    why: "buildah 1.28 has no --parents",
    ours: {
      "keeps parents": ["dir n 0755", "dir n/d 0750", "dir n/d/sub 0711", "file n/d/sub/three.txt 0644 '3'"],
      "keeps the parents of what a wildcard finds": [
        "dir n 0755",
        "dir n/d 0750",
        "file n/d/one.txt 0644 '1'",
        "dir n/e 0755",
        "file n/e/one.txt 0644 'E1'",
      ],
      "keeps the parents of a directory": [
        "dir n 0755",
        "dir n/d 0750",
        "dir n/d/sub 0711",
        "file n/d/sub/three.txt 0644 '3'",
      ],
      "keeps the parents behind the pivot": ["dir n 0755", "dir n/sub 0711", "file n/sub/three.txt 0644 '3'"],
    },
  },
  {
    why: "buildah 1.28 has no here-documents",
    ours: {
      "copies a here-document": ["file motd 0644 'hello\n'"],
      "expands nothing in a quoted here-document": ["Env: v=1", "file x 0644 '$v\n'"],
      "copies two here-documents": ["dir n 0755", "file n/one 0644 '1\n'", "file n/two 0644 '2\n'"],
      "copies a here-document into a directory": ["dir etc 0755", "file etc/motd 0644 'hello\n'"],
      "strips tabs of a here-document": ["file x 0644 'a\n  b\n'"],
      "expands variables in a here-document": ["Env: v=1", "file x 0644 '1 \"1\" $v\n'"],
      "gives owner and mode to a here-document": ["dir n 0755 1:2", "file n/x 0755 1:2 'a\n'"],
      "adds a here-document": ["file x 0644 'a\n'"],
      "copies a here-document after a file": ["dir n 0755", "file n/EOF 0644 'a\n'", "file n/a.txt 0644 'A'"],
    },
  },
  {
    why: "BuildKit follows links inside the destination, buildah fails",
    ours: {
      "adds an archive below a link inside the destination": [
        "dir n 0755",
        "link n/d -> /other",
        "dir n/other 0755",
        "file n/other/f 0644 3:4 ''",
      ],
    },
  },
  {
    why: "buildah 1.28 has no prefixes and suffixes of variables",
    ours: {
      "config: prefixes and suffixes of variables": [
        "Env: v=a.b.c",
        "Env: p=b.c",
        "Env: q=c",
        "Env: r=a.b",
        "Env: s=a",
        "Env: t=a-b.c",
        "Env: u=a-b-c",
        "file a.txt 0644 'A'",
      ],
    },
  },
  {
    why: "for BuildKit the case of stages' names does not matter in --from and --target",
    ours: {
      "copies from a stage by name in another case": ["file a.txt 0644 'A'"],
      "builds a target in another case": ["file a.txt 0644 'A'"],
    },
  },
  {
    why: "buildah 1.28 looks for stages before it expands FROM",
    ours: { "takes FROM from an ARG": ["file a.txt 0644 'A'", "file b.txt 0600 'B'"] },
  },
];
