/**
 * Audacity's label tracks: `start <tab> end <tab> label` in seconds, one a line; a point has its end where it starts.
 * Lines that begin with a backslash (frequency ranges) are passed over. Source: Audacity Manual, "Importing and
 * Exporting Labels". Pure.
 */
import { MAX_PARTS, type Span } from './said';

const number = /^[+-]?\d+(?:[.,]\d+)?$/;
const inSeconds = (text: string): number => (number.test(text) ? Number(text.replace(',', '.')) : NaN);

/** undefined where the text is no label track: one line that is none is enough. */
export function readAudacity(text: string): Span[] | undefined {
  const spans: Span[] = [];
  for (const line of text.replace(/^\ufeff/, '').split(/\r?\n/)) {
    if (line.trim() === '' || line.startsWith('\\')) continue;
    const cells = line.split('\t');
    const [start, end] = [inSeconds(cells[0].trim()), inSeconds((cells[1] ?? '').trim())];
    if (cells.length < 2 || !(start >= 0) || !(end >= start) || spans.length >= MAX_PARTS) return undefined;
    spans.push({ start, end, label: cells.slice(2).join(' ').trim() });
  }
  return spans.length > 0 ? spans : undefined;
}
