import { formatAge } from "./format-age.js";

/** A time of an image as Docker's lists show it: how long ago, or nothing where the image does not say. */
export function createdSince(created: string | undefined, nowMs: number): string {
  const timeMs = Date.parse(created ?? "");
  return Number.isNaN(timeMs) ? "N/A" : formatAge(timeMs / 1000, nowMs);
}

/** A time as Docker's JSON lists have it: `2024-01-01 00:00:00 +0000 UTC`. */
export function createdAt(created: string | undefined): string {
  const timeMs = Date.parse(created ?? "");
  if (Number.isNaN(timeMs)) return "N/A";
  const [day, time] = new Date(timeMs).toISOString().split(/[T.]/);
  return `${day} ${time} +0000 UTC`;
}
