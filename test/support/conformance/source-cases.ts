import type { ConformanceCase } from "./conformance-case.js";

/** Links as sources, --exclude, --parents, here-documents, and ADD. */
export const sourceCases: readonly ConformanceCase[] = [
  { name: "follows a link to a file", dockerfile: ["FROM scratch", "COPY to-a /n/"] },
  { name: "follows a link to a directory", dockerfile: ["FROM scratch", "COPY to-d /n/"] },
  { name: "follows a link in the middle of a source", dockerfile: ["FROM scratch", "COPY to-d/sub /n/"] },
  { name: "follows an absolute link inside the context", dockerfile: ["FROM scratch", "COPY absolute /x"] },
  { name: "follows links that a wildcard finds", dockerfile: ["FROM scratch", "COPY to-* /n/"] },
  { name: "finds nothing behind a link by a wildcard", dockerfile: ["FROM scratch", "COPY to-d/*.txt /n/"] },
  {
    name: "misses what a dangling link names",
    dockerfile: ["FROM scratch", "COPY dangling /x"],
    code: "COPY_SOURCE_MISSING",
  },
  { name: "keeps links inside a directory", dockerfile: ["FROM scratch", "COPY d /n/"] },
  {
    name: "follows no link out of the context",
    context: ["dir etc", "file etc/hostname 0644 'inside'", "link out -> ../../../../etc"],
    dockerfile: ["FROM scratch", "COPY out/hostname /x"],
  },
  { name: "leaves out what --exclude names", dockerfile: ["FROM scratch", "COPY --exclude=*.md d /n/"] },
  {
    name: "leaves out directories that --exclude names",
    dockerfile: ["FROM scratch", "COPY --exclude=sub d /n/"],
  },
  { name: "leaves out at any depth", dockerfile: ["FROM scratch", "COPY --exclude=**/*.txt . /n/"] },
  {
    name: "leaves out by two patterns",
    dockerfile: ["FROM scratch", "COPY --exclude=*.md --exclude=one.* d /n/"],
  },
  {
    name: "takes back what --exclude left out",
    dockerfile: ["FROM scratch", "COPY --exclude=sub --exclude=!sub/three.txt d /n/"],
  },
  { name: "keeps parents", dockerfile: ["FROM scratch", "COPY --parents d/sub/three.txt /n/"] },
  {
    name: "keeps the parents of what a wildcard finds",
    dockerfile: ["FROM scratch", "COPY --parents */one.txt /n/"],
  },
  {
    name: "keeps the parents behind the pivot",
    dockerfile: ["FROM scratch", "COPY --parents ./d/./sub/three.txt /n/"],
  },
  { name: "keeps the parents of a directory", dockerfile: ["FROM scratch", "COPY --parents d/sub /n/"] },
  { name: "copies a here-document", dockerfile: ["FROM scratch", "COPY <<EOF /motd", "hello", "EOF"] },
  {
    name: "copies a here-document into a directory",
    dockerfile: ["FROM scratch", "COPY <<motd /etc/", "hello", "motd"],
  },
  {
    name: "copies two here-documents",
    dockerfile: ["FROM scratch", "COPY <<one <<two /n/", "1", "one", "2", "two"],
  },
  {
    name: "expands variables in a here-document",
    dockerfile: ["FROM scratch", "ENV v=1", "COPY <<EOF /x", '$v "${v}" \\$v', "EOF"],
  },
  {
    name: "expands nothing in a quoted here-document",
    dockerfile: ["FROM scratch", "ENV v=1", "COPY <<'EOF' /x", "$v", "EOF"],
  },
  {
    name: "strips tabs of a here-document",
    dockerfile: ["FROM scratch", "COPY <<-EOF /x", "\ta", "\t  b", "\tEOF"],
  },
  {
    name: "gives owner and mode to a here-document",
    dockerfile: ["FROM scratch", "COPY --chown=1:2 --chmod=755 <<EOF /n/x", "a", "EOF"],
  },
  {
    name: "copies a here-document after a file",
    dockerfile: ["FROM scratch", "COPY a.txt <<EOF /n/", "a", "EOF"],
  },
  { name: "adds files as COPY does", dockerfile: ["FROM scratch", "ADD a.txt d /n/"] },
  { name: "adds a here-document", dockerfile: ["FROM scratch", "ADD <<EOF /x", "a", "EOF"] },
  { name: "adds with owner and mode", dockerfile: ["FROM scratch", "ADD --chown=1:2 --chmod=0700 d /n/"] },
  { name: "adds what a wildcard finds", dockerfile: ["FROM scratch", "ADD *.txt /n/"] },
  {
    name: "adds through a link",
    dockerfile: ["FROM scratch", "COPY d /real", "COPY to-d /also/", "ADD a.txt /real/deep/er"],
  },
  { name: "adds an archive", tar: ["d", "a.txt"], dockerfile: ["FROM scratch", "ADD a.tar /n/"] },
  { name: "adds an archive without a slash", tar: ["d"], dockerfile: ["FROM scratch", "ADD a.tar /n"] },
  {
    name: "adds an archive with other owners",
    tar: ["d"],
    dockerfile: ["FROM scratch", "ADD --chown=8:9 a.tar /n/"],
  },
  {
    name: "adds an archive of its root",
    tar: ["."],
    context: ["dir d", "file d/f"],
    dockerfile: ["FROM scratch", "COPY --chown=8:9 d /n", "ADD a.tar /n/"],
  },
  {
    name: "adds an archive over files",
    tar: ["d"],
    context: ["dir d", "file d/f 0600 'new'", "dir e", "dir e/d", "file e/d/f 0644 'old'", "file e/d/g"],
    dockerfile: ["FROM scratch", "COPY e /n/", "ADD a.tar /n/"],
  },
  {
    name: "adds hard links of an archive",
    tar: ["d"],
    context: ["dir d", "file d/f 0600 'f'", "hardlink d/g -> d/f"],
    dockerfile: ["FROM scratch", "ADD a.tar /n/"],
  },
  {
    name: "adds an archive below a link inside the destination",
    tar: ["d/f"],
    context: ["dir d", "file d/f", "dir l", "link l/d -> /other"],
    dockerfile: ["FROM scratch", "COPY l /n/", "ADD a.tar /n/"],
  },
  { name: "copies an archive as it is", tar: ["a.txt"], dockerfile: ["FROM scratch", "COPY a.tar /n/"] },
];
