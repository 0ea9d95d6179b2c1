/** Consecutive ids outside, the first and how many. */
export interface IdRange {
  readonly start: number;
  readonly count: number;
}

/** Who asks for subordinate ids; `name` is undefined for a user that has no entry in /etc/passwd. */
export interface IdOwner {
  readonly id: number;
  readonly name: string | undefined;
}

/** The kernel takes 340 lines of a mapping (user_namespaces(7)); the first is the caller's own id. */
const RANGES_MAX = 339;
const ID_MAX = 2 ** 32 - 2;
/** Where useradd begins to give subordinate ids (SUB_UID_MIN of login.defs(5)), and how many. */
const FIRST_SUBORDINATE_ID = 100_000;
const USUAL_COUNT = 65_536;

const line = /^([^:#\s][^:]*):([0-9]{1,10}):([0-9]{1,10})$/;

/** The ranges that /etc/subuid or /etc/subgid gives to a user, by name or number, in the order of the file; without
 * those that the kernel would refuse beside others or beside the user's `own` id, of a user or of a group as the file
 * is. Lines of another form do not count.
 * @see https://man7.org/linux/man-pages/man5/subuid.5.html */
export function parseSubordinateIds(text: string, owner: IdOwner, own: number): readonly IdRange[] {
  const taken: IdRange[] = [{ start: own, count: 1 }];
  for (const { who, range } of readLines(text)) {
    if (who !== owner.name && who !== String(owner.id)) continue;
    if (taken.length <= RANGES_MAX && !taken.some((other) => overlap(other, range))) taken.push(range);
  }
  return taken.slice(1);
}

/** A range that nobody has in such a file yet, to propose to an administrator. */
export function freeRange(text: string): IdRange {
  const ends = readLines(text).map(({ range }) => range.start + range.count);
  return { start: Math.max(FIRST_SUBORDINATE_ID, ...ends), count: USUAL_COUNT };
}

function readLines(text: string): readonly { who: string; range: IdRange }[] {
  return text.split("\n").flatMap((entry) => {
    const [, who, first, many] = line.exec(entry.trim()) ?? [];
    const range = { start: Number(first), count: Number(many) };
    const valid = who !== undefined && range.count > 0 && range.start + range.count - 1 <= ID_MAX;
    return valid ? [{ who, range }] : [];
  });
}

function overlap(one: IdRange, other: IdRange): boolean {
  return one.start < other.start + other.count && other.start < one.start + one.count;
}
