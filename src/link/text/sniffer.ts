/**
 * Decides whether what arrives on a line is a sketch printing numbers, and what they are: how many, called what, how
 * often. Knows nothing of ports; is told the time of arrival.
 */
import { RateFit, snapRate } from '../rate-fit';
import { LineSplitter, parseLine } from './lines';

export interface TextFormat {
  readonly columns: number;
  readonly names: readonly string[];
  readonly rateHz: number;
}

/** A line or two of numbers may stand in any boot message; a sketch that prints them goes on. */
const enoughLines = 5;
/** What the operating system kept from before we opened the port comes at once and says nothing about the rate. */
const settleMicros = 150_000;

export class TextSniffer {
  private readonly splitter = new LineSplitter((line) => this.line(line));
  private readonly seen = new Map<number, { count: number; names: readonly string[] }>();
  private head: readonly string[] = [];
  private fit = new RateFit();
  private lines = 0;
  private now = 0;
  private firstMicros = NaN;
  private lastSample = '';

  push(bytes: Uint8Array, micros: number): void {
    if (Number.isNaN(this.firstMicros)) this.firstMicros = micros;
    this.now = micros;
    const before = this.lines;
    this.splitter.push(bytes);
    // One point per arrival, for its last line: the lines before it were printed earlier than they arrived.
    if (this.lines > before && micros - this.firstMicros > settleMicros) this.fit.add(this.lines, this.now);
  }

  /** Some numbers came, if not yet enough to be sure. */
  get promising(): boolean {
    return this.seen.size > 0;
  }

  /** A line that was seen, for an error message; '' if none. */
  get sample(): string {
    return this.lastSample;
  }

  /** The format once it is certain, undefined until then. */
  get format(): TextFormat | undefined {
    const [columns, best] = [...this.seen].sort((a, b) => b[1].count - a[1].count)[0] ?? [0, undefined];
    if (!best || best.count < enoughLines || best.count < this.lines * 0.6) return undefined;
    const rate = this.fit.rateHz;
    if (Number.isNaN(rate)) return undefined;
    const head = this.head.length === columns ? this.head : [];
    const names = Array.from({ length: columns }, (_, i) => best.names[i] || head[i] || `value ${i + 1}`);
    return { columns, names, rateHz: snapRate(rate) };
  }

  private line(text: string): void {
    const parsed = parseLine(text);
    if (parsed.kind === 'empty') return;
    this.lastSample = text.slice(0, 80);
    if (parsed.kind === 'head') {
      this.head = parsed.names;
      return;
    }
    this.lines++;
    if (parsed.kind !== 'numbers') return;
    const entry = this.seen.get(parsed.values.length) ?? { count: 0, names: parsed.names };
    entry.count++;
    this.seen.set(parsed.values.length, entry);
  }
}
