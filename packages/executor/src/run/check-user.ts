import { executorError } from "../errors.js";
import type { IdSpace } from "../space/id-space.js";
import type { ResolvedUser } from "./resolve-user.js";

/** Refuses a user whose ids are not to be had here.
 * @throws OciBuildError EXECUTOR_USER_UNKNOWN */
export function checkUser(
  { uid, gid, groups }: ResolvedUser,
  user: string,
  { space }: { readonly space: Pick<IdSpace, "mapping" | "hasId"> },
): void {
  if (space.mapping === "single") {
    if (uid === 0 && gid === 0) return;
    const hint = "Give this user subordinate ids in /etc/subuid and /etc/subgid, and install newuidmap.";
    throw userUnknown(user, "only root is to be had here", hint);
  }
  const group = [gid, ...groups].find((id) => !space.hasId("group", id));
  if (group === undefined && space.hasId("user", uid)) return;
  const lacking = group === undefined ? `user id ${uid}` : `group id ${group}`;
  const hint =
    "Give this user more subordinate ids in /etc/subuid and /etc/subgid, or choose a smaller number.";
  throw userUnknown(user, `there is no ${lacking} among the ids that are to be had here`, hint);
}

function userUnknown(user: string, problem: string, hint: string): Error {
  return executorError("EXECUTOR_USER_UNKNOWN", {
    message: `cannot run as user ${JSON.stringify(user)}: ${problem}`,
    data: { user, problem },
    hint,
  });
}
