import { isSpace } from "../lexer/white-space.js";

/** One word and where its characters came from in the expanded text's source. */
export interface SplitWord {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** Collects words while text is produced: plain white space separates, quoted white space does not. */
export interface WordSplitter {
  readonly words: SplitWord[];
  word: string;
  start: number;
  end: number;
  inWord: boolean;
}

/** A splitter without words. */
export function wordSplitter(): WordSplitter {
  return { words: [], word: "", start: 0, end: 0, inWord: false };
}

/** Adds text that may separate words. `start` to `end` is where it stands in the source. */
export function addPlain(splitter: WordSplitter, text: string, start: number, end: number): void {
  for (const character of text) {
    if (!isSpace(character)) addWhole(splitter, character, start, end);
    else if (splitter.inWord && splitter.word !== "") flush(splitter);
  }
}

/** Adds text that belongs to the word as it is. */
export function addWhole(splitter: WordSplitter, text: string, start: number, end: number): void {
  if (splitter.word === "") splitter.start = start;
  splitter.word += text;
  splitter.end = end;
  splitter.inWord = true;
}

/** All words; an empty one (`""`) is none, as in BuildKit. */
export function finishWords(splitter: WordSplitter): readonly SplitWord[] {
  if (splitter.word !== "") flush(splitter);
  return splitter.words;
}

function flush(splitter: WordSplitter): void {
  splitter.words.push({ text: splitter.word, start: splitter.start, end: splitter.end });
  splitter.word = "";
  splitter.inWord = false;
}
