/** A Dockerfile that both builders build. Results are lines: `fails`, or those of `finalImageLines`; what only one of
 * them has must stand in `differences`, to the letter. */
export interface ConformanceCase {
  readonly name: string;
  readonly dockerfile: readonly string[];
  /** The context's tree (see `tree`). Default: `commonContext`. */
  readonly context?: readonly string[];
  /** Names in the context that `a.tar` is made of, owned by 3:4. */
  readonly tar?: readonly string[];
  /** Lines of `.dockerignore`. */
  readonly ignore?: readonly string[];
  readonly buildArgs?: Readonly<Record<string, string>>;
  readonly target?: string;
  /** The code that our build fails with. */
  readonly code?: string;
}

/** What most cases copy from. */
export const commonContext: readonly string[] = [
  "file a.txt 0644 'A'",
  "file b.txt 0600 'B'",
  "file 'sp ace.txt' 'S'",
  "file [x].txt 'X'",
  "file run.sh 0755 '#!'",
  "dir d 0750",
  "file d/one.txt '1'",
  "file d/two.md 0640 '2'",
  "dir d/sub 0711",
  "file d/sub/three.txt '3'",
  "dir d/empty 0700",
  "dir e 0755",
  "file e/one.txt 'E1'",
  "link to-a -> a.txt",
  "link to-d -> d",
  "link d/up -> ../a.txt",
  "link absolute -> /a.txt",
  "link dangling -> nowhere",
];
