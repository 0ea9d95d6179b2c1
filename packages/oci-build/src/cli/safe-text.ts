import { escapeControls } from "./escape-controls.js";
import { redact } from "./redact.js";

/** Text from outside as one line that may be shown: without credentials and control characters. */
export function safeText(text: string): string {
  return escapeControls(redact(text));
}
