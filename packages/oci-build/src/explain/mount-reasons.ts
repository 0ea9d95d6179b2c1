import type { KeyDifference, KeyField } from "@oci-build/cache";
import type { MissReason } from "./step-explanation.js";

const MOUNT = /^mount (\d+)( files)?$/;
const NAMED = /^mount (.*?)( files)?$/;

/** The fields of a RUN's key with each mount named by where it is instead of by its number, so that one more mount does
 * not make all behind it look changed. */
export function withMountNames(fields: readonly KeyField[]): readonly KeyField[] {
  const names = new Map<string, string>();
  for (const { name, ...field } of fields) {
    const number = MOUNT.exec(name)?.[1];
    if (number === undefined || field.kind !== "pair-list" || names.has(number)) continue;
    const options = new Map(field.value);
    const target = options.get("target");
    const place = target === undefined || target === UNSET ? options.get("id") : target;
    const isTaken = place === undefined || [...names.values()].includes(place);
    names.set(number, isTaken ? number : place);
  }
  return fields.map((field) => {
    const [, number = "", files = ""] = MOUNT.exec(field.name) ?? [];
    return names.has(number) ? { ...field, name: `mount ${names.get(number)}${files}` } : field;
  });
}

/** Whether a difference is one of a mount. */
export function isMountDifference({ name }: KeyDifference): boolean {
  return NAMED.test(name);
}

/** What of a mount changed. Of one that is new or gone only that is told. */
export function mountReasons(
  { name, before, after, parts }: KeyDifference,
  all: readonly KeyDifference[],
): readonly MissReason[] {
  const [, place, files] = NAMED.exec(name) ?? [];
  if (files !== undefined) {
    const mount = all.find((other) => other.name === `mount ${place}`);
    const isWhole = mount !== undefined && (mount.before === undefined || mount.after === undefined);
    return isWhole ? [] : [{ kind: "input", name, before: undefined, after: undefined }];
  }
  if (before === undefined || after === undefined) {
    return [{ kind: "input", name, before: typeOf(before), after: typeOf(after) }];
  }
  return parts.map(({ part, ...values }) => ({
    kind: "input",
    name: `${name}: ${part}`,
    before: shown(String(part), values.before),
    after: shown(String(part), values.after),
  }));
}

function typeOf(field: KeyField | undefined): string | undefined {
  return field?.kind === "pair-list" ? new Map(field.value).get("type") : undefined;
}

/** How a key writes an option that is not given. */
const UNSET = "undefined";

/** Modes are read in octal. */
function shown(option: string, value: string | undefined): string | undefined {
  if (value === undefined || value === UNSET) return undefined;
  return option === "mode" ? Number(value).toString(8).padStart(4, "0") : value;
}
