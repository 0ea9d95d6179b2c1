import { addToList } from "../add-to-list.js";
import { didYouMean } from "../diagnostics/did-you-mean.js";
import { nearest } from "../diagnostics/nearest.js";
import { quoted } from "../diagnostics/quoted.js";
import { flagMeaning } from "../lexer/flag-words.js";
import { type MappedText, pickRanges, sliceMapped, spanOfMapped } from "../tree/mapped-text.js";
import type { Word } from "./instruction.js";
import { type ReadContext, reportAt, toWord, upperName } from "./read-context.js";

/** `switch` is on without a value; `list` may be given more than once. */
export type FlagKind = "switch" | "text" | "list";

/** A flag's value with quotes and escapes removed; undefined where there is no `=`. */
interface FlagValue {
  readonly flag: MappedText;
  readonly value: MappedText | undefined;
}

/** The valid flags of an instruction, by name. */
export type Flags = ReadonlyMap<string, readonly FlagValue[]>;

const noFlags: Flags = new Map();
const noValues: readonly never[] = [];

/** Reads the flags of an instruction that knows `kinds`; reports unknown and doubled ones and missing values. */
export function readFlags(context: ReadContext, kinds: Readonly<Record<string, FlagKind>>): Flags {
  if (context.flags.length === 0) return noFlags;
  const flags = new Map<string, FlagValue[]>();
  for (const raw of context.flags) {
    const flag = pickRanges(raw, flagMeaning(raw.text, context.escape));
    const equals = flag.text.indexOf("=");
    const name = flag.text.slice(2, equals < 0 ? undefined : equals);
    const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined;
    if (kind === undefined) reportUnknown(context, { raw, name, known: Object.keys(kinds) });
    else if (kind !== "list" && flags.has(name)) reportDouble(context, raw, name);
    else {
      const value = equals < 0 ? undefined : sliceMapped(flag, equals + 1);
      if (isMissingValue(kind, value))
        reportMissing(context, raw, kind === "switch" ? name : `${name}=VALUE`);
      else addToList(flags, name, { flag: raw, value });
    }
  }
  return flags;
}

/** The value of a text flag. */
export function textFlag(flags: Flags, name: string): Word | undefined {
  const value = flags.get(name)?.[0]?.value;
  return value === undefined ? undefined : toWord(value);
}

/** The value of a text flag that means nothing when it is empty. */
export function filledFlag(flags: Flags, name: string): Word | undefined {
  const value = textFlag(flags, name);
  return value?.text === "" ? undefined : value;
}

/** The values of a list flag, in order. */
export function listFlag(flags: Flags, name: string): readonly MappedText[] {
  if (flags.size === 0) return noValues;
  return (flags.get(name) ?? []).flatMap(({ value }) => (value === undefined ? [] : [value]));
}

/** The state of a switch; undefined when it is not given, or not with `true` or `false`, which is reported. */
export function switchFlag(context: ReadContext, flags: Flags, name: string): boolean | undefined {
  const given = flags.get(name)?.[0];
  if (given === undefined) return undefined;
  const text = given.value?.text.toLowerCase() ?? "true";
  if (text === "true" || text === "false") return text === "true";
  reportAt(context, {
    rule: "DOCKERFILE_INVALID_FLAG_VALUE",
    message: `--${name} is ${quoted(given.value?.text)}, expected true or false`,
    span: spanOfMapped(given.value ?? given.flag),
  });
  return undefined;
}

/** A switch may stand alone, but not as `--link=`. */
function isMissingValue(kind: FlagKind, value: MappedText | undefined): boolean {
  return kind === "switch" ? value?.text === "" : value === undefined;
}

interface UnknownFlag {
  readonly raw: MappedText;
  readonly name: string;
  readonly known: readonly string[];
}

function reportUnknown(context: ReadContext, { raw, name, known }: UnknownFlag): void {
  const close = nearest(name, known);
  const fallback = known.length === 0 ? `${upperName(context)} takes no flags` : undefined;
  reportAt(context, {
    rule: "DOCKERFILE_UNKNOWN_FLAG",
    message: `${upperName(context)} has no flag --${name}`,
    span: spanOfMapped(raw),
    hint: didYouMean(close && `--${close}`) ?? fallback,
  });
}

function reportDouble(context: ReadContext, raw: MappedText, name: string): void {
  reportAt(context, {
    rule: "DOCKERFILE_DUPLICATE_FLAG",
    message: `--${name} is given twice`,
    span: spanOfMapped(raw),
  });
}

function reportMissing(context: ReadContext, raw: MappedText, correct: string): void {
  reportAt(context, {
    rule: "DOCKERFILE_INVALID_FLAG_VALUE",
    message: `${quoted(raw.text)} has no value`,
    span: spanOfMapped(raw),
    hint: `Write --${correct}`,
  });
}
