/** Values as C++ source. */

/** With all of its bits, and always as a float. */
export function floatText(value: number): string {
  const text = String(Number(Math.fround(value).toPrecision(9)));
  return `${/[.e]/.test(text) ? text : `${text}.0`}f`;
}

/** A C string; whatever is no plain ASCII as octal bytes of UTF-8, which nothing behind them can lengthen. */
export function stringText(value: string): string {
  const bytes = [...new TextEncoder().encode(value)];
  const plain = (byte: number): boolean => byte >= 32 && byte < 127 && !'"\\?'.includes(String.fromCharCode(byte));
  return `"${bytes
    .map((byte) => (plain(byte) ? String.fromCharCode(byte) : `\\${byte.toString(8).padStart(3, '0')}`))
    .join('')}"`;
}

/** For comments and plain text files: one line that cannot end a comment. */
export const plainText = (value: string): string =>
  value
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .replaceAll('*/', '* /')
    .replaceAll('\\', '/')
    .trim();

/** Array members in lines of at most `perLine`. */
export function rows(values: readonly string[], perLine: number): string {
  const lines: string[] = [];
  for (let i = 0; i < values.length; i += perLine) lines.push(`    ${values.slice(i, i + perLine).join(', ')},`);
  return lines.join('\n');
}

const listOf = (values: Iterable<number>, perLine: number, text: (value: number) => string): string => {
  const all = Array.from(values, text);
  return rows(all.length > 0 ? all : [text(0)], perLine);
};

export const floats = (values: Iterable<number>): string => listOf(values, 6, floatText);
export const integers = (values: Iterable<number>): string => listOf(values, 16, String);
export const bytes = (values: Iterable<number>): string =>
  listOf(values, 20, (value) => `0x${value.toString(16).padStart(2, '0')}`);
