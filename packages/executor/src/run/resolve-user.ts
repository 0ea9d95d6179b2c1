import { type Account, readAccounts, type Snapshot } from "@oci-build/snapshot";
import { executorError } from "../errors.js";
import type { CommandUser } from "./backend.js";

/** As in runc: larger numbers are refused. */
const ID_MAX = 2 ** 31 - 1;

/** Who a command is, and where that user is at home. */
export interface ResolvedUser extends CommandUser {
  readonly home: string;
}

/** The ids of `USER[:GROUP]` as runc finds them: names and the primary group come from the root's own passwd file; a
 * number that is not in it has group 0; a group that is given takes the place of all others, supplementary ones too.
 * Empty means root.
 * @see https://github.com/moby/sys/blob/user/v0.3.0/user/user.go */
export async function resolveUser(
  text: string,
  root: Pick<Snapshot, "get" | "openFile">,
): Promise<ResolvedUser> {
  const [name = "", group = ""] = splitOnce(text);
  const users = await readAccounts(root, "etc/passwd");
  const user = findUser(users, name === "" ? "0" : name, text);
  if (group === "" && user.name === undefined) return { ...user, groups: [user.gid] };
  const groups = await readAccounts(root, "etc/group");
  if (group !== "") {
    const gid = findGroup(groups, group, text);
    return { uid: user.uid, gid, home: user.home, groups: [gid] };
  }
  const others = groups.filter((line) => (line[3] ?? "").split(",").includes(user.name ?? ""));
  const ids = others.map((line) => idOf(line[2])).filter((id) => id !== undefined);
  return { uid: user.uid, gid: user.gid, home: user.home, groups: [...new Set([user.gid, ...ids])] };
}

interface FoundUser {
  readonly name: string | undefined;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
}

/** A name goes before a number: a user may be called `1000`. */
function findUser(users: readonly Account[], text: string, asked: string): FoundUser {
  const line = users.find((account) => account[0] === text) ?? users.find((account) => account[2] === text);
  if (line === undefined) {
    const uid = isNumber(text) ? idOf(text) : text === "root" ? 0 : undefined;
    if (uid === undefined)
      throw unknownUser(asked, isNumber(text) ? "its number is too large" : "no such user in /etc/passwd");
    return { name: undefined, uid, gid: 0, home: "/" };
  }
  const [name, , uid, gid, , home = ""] = line;
  const [found, primary] = [idOf(uid), idOf(gid)];
  if (found === undefined || primary === undefined)
    throw unknownUser(asked, "its line in /etc/passwd has no numbers");
  return { name, uid: found, gid: primary, home: home === "" ? "/" : home };
}

function findGroup(groups: readonly Account[], text: string, asked: string): number {
  const line = groups.find((account) => account[0] === text) ?? groups.find((account) => account[2] === text);
  const gid = idOf(line?.[2] ?? text) ?? (text === "root" ? 0 : undefined);
  if (gid === undefined) throw unknownUser(asked, `no such group in /etc/group: ${JSON.stringify(text)}`);
  return gid;
}

function splitOnce(text: string): readonly string[] {
  const colon = text.indexOf(":");
  return colon < 0 ? [text] : [text.slice(0, colon), text.slice(colon + 1)];
}

function isNumber(text: string): boolean {
  return /^\d+$/.test(text);
}

function idOf(text: string | undefined): number | undefined {
  if (text === undefined || !isNumber(text)) return undefined;
  const id = Number(text);
  return id <= ID_MAX ? id : undefined;
}

function unknownUser(user: string, problem: string): Error {
  return executorError("EXECUTOR_USER_UNKNOWN", {
    message: `cannot run as user ${JSON.stringify(user)}: ${problem}`,
    data: { user, problem },
    hint: "Make the user in an earlier step, or give its number.",
  });
}
