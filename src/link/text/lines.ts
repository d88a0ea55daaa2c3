/**
 * Numbers out of the lines that any sketch prints: `0.1,0.2,9.8`, tabs, spaces, semicolons, `label:value` pairs, with
 * or without terminal escape codes. Pure; knows nothing of ports, rates or time.
 */

export type ParsedLine =
  | { readonly kind: 'numbers'; readonly values: readonly number[]; readonly names: readonly string[] }
  /** Words only, as many as there may be columns: a table's head. */
  | { readonly kind: 'head'; readonly names: readonly string[] }
  | { readonly kind: 'empty' }
  | { readonly kind: 'bad'; readonly why: string };

/** CSI and OSC sequences, two-character escapes, and control characters that are not a tab (ECMA-48). */
const escapes =
  // eslint-disable-next-line no-control-regex
  /\u001b\[[0-?]*[ -/]*[@-~]|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|\u001b.?|[\u0000-\u0008\u000b-\u001f\u007f]/g;
const number = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const word = /^[A-Za-z_][\w ./()²-]*$/;
export const maxColumns = 64;

export function stripEscapes(text: string): string {
  return text.replace(escapes, '');
}

/** One line without its end. `names[i]` is '' where a value has no label. */
export function parseLine(raw: string): ParsedLine {
  const line = stripEscapes(raw).trim();
  if (line === '') return { kind: 'empty' };
  const tokens = split(line);
  if (tokens.length > maxColumns) return { kind: 'bad', why: `has more than ${maxColumns} values` };
  const names: string[] = [];
  const values: number[] = [];
  let words = 0;
  for (const token of tokens) {
    const colon = token.search(/[:=]/);
    const text = colon < 0 ? token : token.slice(colon + 1).trim();
    names.push(colon < 0 ? '' : token.slice(0, colon).trim());
    // Samples are kept as float32: what is too large for one is no number to us.
    if (number.test(text) && Number.isFinite(Math.fround(Number(text)))) values.push(Number(text));
    else if (colon < 0 && word.test(text) && !/^(nan|inf|infinity|ovf)$/i.test(text)) words++;
    else return { kind: 'bad', why: badValue(text) };
  }
  if (words === tokens.length) return { kind: 'head', names: tokens };
  if (words > 0) return { kind: 'bad', why: 'mixes words with numbers' };
  return { kind: 'numbers', values, names };
}

function badValue(text: string): string {
  if (text === '') return 'has an empty value';
  if (number.test(text)) return 'has a number that is too large';
  return /^[+-]?(nan|inf|infinity|ovf)$/i.test(text) ? `has ${text} instead of a number` : 'is not numbers';
}

function split(line: string): string[] {
  let text = line.replace(/\s*([:=])\s*/g, '$1');
  // "1,5;2,5" is how half of Europe prints 1.5 and 2.5.
  if (text.includes(';') && !text.includes('.')) text = text.replace(/(\d),(\d)/g, '$1.$2');
  const separator = text.includes(';') ? ';' : text.includes(',') ? ',' : text.includes('\t') ? '\t' : /\s+/;
  const tokens = text.split(separator).map((token) => token.trim());
  if (tokens.length > 1 && tokens[tokens.length - 1] === '') tokens.pop();
  return tokens;
}

/** Cuts bytes into lines; the first, which may have begun before we listened, is left out. Memory is bounded. */
export class LineSplitter {
  private text = '';
  private overlong = false;
  private begun: boolean;
  private readonly decoder = new TextDecoder('utf-8');

  constructor(
    private readonly onLine: (line: string) => void,
    options: { readonly fromStart?: boolean } = {},
  ) {
    this.begun = options.fromStart ?? false;
  }

  push(bytes: Uint8Array): void {
    const parts = (this.text + this.decoder.decode(bytes, { stream: true })).split(/\r?\n/);
    this.text = parts.pop()!;
    for (const part of parts) {
      if (this.begun && !this.overlong) this.onLine(part);
      this.begun = true;
      this.overlong = false;
    }
    if (this.text.length > 2000) {
      this.text = '';
      this.overlong = true;
    }
  }
}
