/** What differs between two forms, for people: `gzip level 6 → 9`. Forms are names such as
 * `v1;gzip-6;zlib-1.3.1-x64;times-keep`; see `layerForm`. */
export function explainForm(before: string, after: string): string {
  const [old, now] = [partsOf(before), partsOf(after)];
  const part = PARTS.find((name) => old[name] !== now[name]);
  if (part === undefined) return `${before} → ${after}`;
  const [was, is] = [old[part], now[part]];
  const isOtherLevel = part === "codec" && codecName(was) === codecName(is);
  return `${was} → ${isOtherLevel ? is.replace(/^.* level /, "") : is}`;
}

/** What says most comes first: another codec has another compressor. */
const PARTS = ["codec", "compressor", "times", "version"] as const;

type Parts = Readonly<Record<(typeof PARTS)[number], string>>;

function partsOf(form: string): Parts {
  const [version = "", codec = "", ...rest] = form.split(";");
  return {
    version: `layer format ${version.replace(/^v/, "")}`,
    codec: codec.replace(/-(\d+)$/, " level $1").replace(/^none$/, "uncompressed"),
    compressor: rest.slice(0, -1).join(";"),
    times: describeTimes(rest.at(-1) ?? ""),
  };
}

function codecName(codec: string): string {
  return codec.split(" ", 1)[0] ?? codec;
}

function describeTimes(times: string): string {
  const [, policy = "", epoch] = times.split("-");
  return epoch === undefined
    ? "times as they are"
    : `times ${policy === "set" ? "set to" : "up to"} ${epoch}`;
}
