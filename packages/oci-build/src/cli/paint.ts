const CODES = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 } as const;

export type Paint = keyof typeof CODES;

/** Text in a colour, where colours are wanted. */
export function paint(text: string, color: Paint, style: { readonly color: boolean }): string {
  return style.color ? `\u001b[${CODES[color]}m${text}\u001b[0m` : text;
}
