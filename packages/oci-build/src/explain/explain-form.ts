/** What differs between two forms, for people: `gzip level 6 → 9`. Forms are names such as
 * `v1;gzip-6;zlib-1.3.1-x64;times-keep`; see `layerForm`. */
export function explainForm(before: string, after: string): string {
  const [old, now] = [partsOf(before), partsOf(after)];
  const changed = PARTS.filter((part) => old[part] !== now[part]);
  if (changed.includes("codec") && old.codec !== now.codec) {
    const isSameCodec = old.codec.split(" ", 1)[0] === now.codec.split(" ", 1)[0];
    const shown = isSameCodec ? now.codec.replace(/^.*level /, "") : now.codec;
    return `${old.codec} → ${shown}`;
  }
  const [part] = changed;
  return part === undefined ? `${before} → ${after}` : `${old[part]} → ${now[part]}`;
}

const PARTS = ["codec", "compressor", "times", "version"] as const;

type Parts = Readonly<Record<(typeof PARTS)[number], string>>;

function partsOf(form: string): Parts {
  const [version = "", codec = "", ...rest] = form.split(";");
  const times = rest.at(-1) ?? "";
  return {
    version: `layer format ${version.replace(/^v/, "")}`,
    codec: codec.replace(/-(\d+)$/, " level $1").replace(/^none$/, "uncompressed"),
    compressor: rest.slice(0, -1).join(";"),
    times: describeTimes(times),
  };
}

function describeTimes(times: string): string {
  const [, policy = "", epoch] = times.split("-");
  return epoch === undefined
    ? `times as they are`
    : `times ${policy === "set" ? "set to" : "up to"} ${epoch}`;
}
