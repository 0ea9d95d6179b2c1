import { describe, expect, it } from "vitest";
import { isHarmlessName } from "./guarded-names.js";

describe("isHarmlessName", () => {
  it.each(["PATH", "HOME", "LANG", "LC_ALL", "npm_config_cache", "http_proxy", "_x", "UIDS"])(
    "lets %s pass the programs of the host",
    (name) => expect(isHarmlessName(name)).toBe(true),
  );

  it.each([
    ...["LD_PRELOAD", "LD_LIBRARY_PATH", "GLIBC_TUNABLES", "MALLOC_TRACE", "GCONV_PATH", "TZ", "TMPDIR"],
    ...["IFS", "ENV", "BASH_ENV", "BASH_FUNC_x%%", "UID", "EUID", "PPID", "SHELLOPTS", "PS4", "_", "OPTIND"],
    ...["LIBMOUNT_DEBUG", "a.b", "a-b", "1x", "", "a b", "ä"],
  ])("keeps %j from them", (name) => expect(isHarmlessName(name)).toBe(false));
});
