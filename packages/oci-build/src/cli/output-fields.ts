import { splitCsv } from "./split-csv.js";

/** Buildx's short forms: `-` is `type=tar,dest=-` and PATH is `type=local,dest=PATH`. */
const SHORT_FORM = /^[^=,]+$/;

/** The fields, `key=value`, of a value of `--output`; undefined where a quote stands inside a field. */
export function outputFields(spec: string): readonly string[] | undefined {
  if (!SHORT_FORM.test(spec)) return splitCsv(spec);
  return [spec === "-" ? "type=tar" : "type=local", `dest=${spec}`];
}
