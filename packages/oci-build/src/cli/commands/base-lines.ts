import type { BaseExplanation } from "../../explain/explain-bases.js";
import { paint } from "../paint.js";
import type { LineStyle } from "../progress/tty-lines.js";
import { safeText } from "../safe-text.js";

const SHORT_DIGEST_CHARS = "sha256:".length + 12;

/** What became of base images, a line each: `FROM debian:12  base image changed: sha256:… → sha256:…`. */
export function baseLines(bases: readonly BaseExplanation[], style: LineStyle): readonly string[] {
  const isStaged = new Set(bases.map(({ stage }) => stage)).size > 1;
  return bases.map((base) => {
    const stage = isStaged ? `[${base.stage}] ` : "";
    return `${safeText(`${stage}FROM ${base.name}`)}  ${describeBase(base, style)}`;
  });
}

function describeBase({ verdict, before, ...base }: BaseExplanation, style: LineStyle): string {
  if (before === undefined) return `${paint("new", "yellow", style)}: ${short(base.digest)}`;
  if (verdict === "same") return `${paint("unchanged", "green", style)}: ${short(base.digest)}`;
  const was = before.name === base.name ? "" : `${safeText(before.name)} `;
  const files = base.files === "same" ? " (its files are the same)" : "";
  return `${paint("base image changed", "yellow", style)}: ${was}${short(before.digest)} → ${short(base.digest)}${files}`;
}

function short(digest: string): string {
  return digest.slice(0, SHORT_DIGEST_CHARS);
}
