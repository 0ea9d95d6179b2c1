import { type Account, readAccounts, type Snapshot } from "@oci-build/snapshot";
import type { Owner } from "./change-tree.js";

/** Larger numbers are names, as in BuildKit, which reads 32-bit integers. */
const ID_MAX = 2 ** 31 - 1;
const ACCOUNT_ID_MAX = 2 ** 32 - 2;

/** The ids of `--chown=USER[:GROUP]` or USER, names looked up in the tree's own `/etc/passwd` and `/etc/group`.
 *
 * A user alone gives its primary group; a number alone is also the group. A name that is not found is 0, silently:
 * Docker's documentation says it fails, BuildKit does not. */
export async function resolveOwner(text: string, root: Snapshot): Promise<Owner> {
  const colon = text.indexOf(":");
  const user = colon < 0 ? text : text.slice(0, colon);
  const group = colon < 0 ? "" : text.slice(colon + 1);
  const owner = await resolveUser(user, root);
  return group === "" ? owner : { uid: owner.uid, gid: await resolveGroup(group, root, owner.gid) };
}

async function resolveUser(user: string, root: Snapshot): Promise<Owner> {
  const id = numericId(user);
  if (id !== undefined) return { uid: id, gid: id };
  const account = await findAccount(root, "etc/passwd", user);
  return { uid: accountId(account?.[2]) ?? 0, gid: accountId(account?.[3]) ?? 0 };
}

async function resolveGroup(group: string, root: Snapshot, fallback: number): Promise<number> {
  const id = numericId(group);
  if (id !== undefined) return id;
  const account = await findAccount(root, "etc/group", group);
  return account === undefined ? fallback : (accountId(account[2]) ?? 0);
}

/** An id in an account file, which may be as large as the kernel allows: nobody is 4294967294 in some images. */
function accountId(text: string | undefined): number | undefined {
  const id = /^\d+$/.test(text ?? "") ? Number(text) : undefined;
  return id !== undefined && id <= ACCOUNT_ID_MAX ? id : undefined;
}

function numericId(text: string): number | undefined {
  if (text === "root") return 0;
  if (!/^\d+$/.test(text)) return undefined;
  const id = Number(text);
  return id <= ID_MAX ? id : undefined;
}

async function findAccount(
  root: Snapshot,
  path: "etc/passwd" | "etc/group",
  name: string,
): Promise<Account | undefined> {
  return (await readAccounts(root, path)).find((account) => account[0] === name);
}
