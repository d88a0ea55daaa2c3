/**
 * Tables in which each line is a whole signal and not a point in time, as NanoEdge AI Studio reads them (wiki.st.com,
 * "AI:NanoEdge AI Studio": axes times buffer size numbers a line, separated by commas, semicolons, spaces or tabs, no
 * header) and as ESP Easy AI does (its `windowed_per_class_csv` and `windowed_regression_csv`). Each line becomes a
 * recording. What the file does not say, how many axes and at what rate, is told or guessed, and the report says so.
 */
import type { Axis } from '../types';
import { DatasetError } from '../errors';
import type { FileContent, Found } from './found';
import { chooseDelimiter, looksLikeClock, numberIn, splitLine } from './table-shape';

/** How the numbers of a line lie. */
export interface SignalLayout {
  readonly axes: number;
  /** All axes of one point in time side by side; else one axis after the other. */
  readonly interleaved: boolean;
  /** Columns that are not of the signal: from, to (inclusive), counted from the end where below 0. */
  readonly targets?: readonly [number, number] | undefined;
}

/** Fewer numbers in a line are the axes of one point in time. */
const leastNumbers = 32;
const judgedLines = 16;
const MAX_VALUES = 100_000_000;

interface Line {
  readonly text: string;
  readonly number: number;
}

/** A separator at the end of a line makes no number more. */
const withoutLast = (line: string): string => line.replace(/[;,\s]+$/, '');

const isPowerOfTwo = (count: number): boolean => Number.isInteger(Math.log2(count));

/** Buffers are powers of two: three axes of one, else one axis. */
function guessedAxes(numbers: number): number {
  return numbers % 3 === 0 && isPowerOfTwo(numbers / 3) ? 3 : 1;
}

export class SignalLines {
  private readonly found: Found[] = [];
  private bad = 0;
  private firstBad = 0;
  private values = 0;

  private constructor(
    private readonly name: string,
    private readonly delimiter: RegExp | undefined,
    private readonly decimalComma: boolean,
    private readonly columns: number,
    private readonly layout: SignalLayout,
    private readonly isGuessed: boolean,
    private readonly rateHz: number | undefined,
    private readonly rateFor: (axes: number) => number | undefined,
  ) {}

  /** undefined where the lines are points in time. `told`: what somebody says of them. Throws DatasetError 'bad-file'. */
  static detect(
    name: string,
    sample: readonly Line[],
    told: SignalLayout | undefined,
    rateHz: number | undefined,
    rateFor: (axes: number) => number | undefined,
  ): SignalLines | undefined {
    const lines = sample.slice(0, judgedLines).map(({ text }) => withoutLast(text));
    const { delimiter, decimalComma, rows } = chooseDelimiter(lines);
    const columns = rows[0]?.length ?? 0;
    const numbers = rows.map((cells) => cells.map((cell) => numberIn(cell, decimalComma)));
    // A line that holds a word may be a header; a first column that counts up is a clock.
    const isPlain = rows.length * 2 > lines.length && splitLine(lines[0], delimiter).length === columns;
    const named = splitLine(lines[0], delimiter).some((cell) => !Number.isFinite(numberIn(cell, decimalComma)));
    if (!isPlain || named || looksLikeClock(numbers.map((row) => row[0]))) return undefined;
    if (columns < (told ? 2 : leastNumbers)) return undefined;
    const layout = told ?? { axes: guessedAxes(columns), interleaved: true };
    const own = columns - targetCount(layout, columns);
    if (layout.axes < 1 || own < 2 * layout.axes || own % layout.axes !== 0) {
      const what = `${name} has ${own} numbers a line, which ${layout.axes} axes cannot share.`;
      throw new DatasetError('bad-file', what, 'Give the number of axes that the signals have.');
    }
    return new SignalLines(name, delimiter, decimalComma, columns, layout, told === undefined, rateHz, rateFor);
  }

  row(text: string, number: number): void {
    const cells = splitLine(withoutLast(text), this.delimiter);
    const numbers = cells.map((cell) => numberIn(cell, this.decimalComma));
    if (cells.length !== this.columns || !numbers.every((value) => Number.isFinite(Math.fround(value)))) {
      this.bad++;
      this.firstBad ||= number;
      return;
    }
    this.values += numbers.length;
    if (this.values > MAX_VALUES)
      throw new DatasetError('bad-file', `${this.name} holds more numbers than Dormouse can.`, 'Import it in parts.');
    const { axes } = this.layout;
    this.found.push({
      values: this.ordered(numbers),
      axes: Array.from({ length: axes }, (_, i): Axis => ({ name: `axis${i + 1}`, units: 'N/A' })),
      rateHz: this.rate(),
      kind: 'other',
      part: `line ${number}`,
    });
  }

  /** The signal's own numbers, point in time by point in time. */
  private ordered(line: readonly number[]): Float32Array {
    const { axes, interleaved, targets } = this.layout;
    const [from, to] = columnsOf(targets, this.columns);
    const own = line.filter((_, i) => i < from || i > to);
    const frames = own.length / axes;
    if (interleaved) return Float32Array.from(own);
    return Float32Array.from(own, (_, i) => own[(i % axes) * frames + Math.floor(i / axes)]);
  }

  private rate(): number {
    return this.rateHz ?? this.rateFor(this.layout.axes) ?? 100;
  }

  finish(): FileContent {
    const { name, layout, columns } = this;
    if (this.found.length === 0)
      throw new DatasetError('bad-file', `${name} has no line of ${columns} numbers.`, 'Check the file.');
    const frames = this.found[0].values.length / layout.axes;
    const axes = layout.axes === 1 ? 'one axis' : `${layout.axes} axes side by side`;
    const warnings: string[] = [];
    if (this.isGuessed)
      warnings.push(
        `${name} holds a whole signal in each line: taken as ${axes}, ${frames} values each. Give the number of axes if it is another.`,
      );
    if (layout.targets)
      warnings.push(`${name} also holds values to be estimated; Dormouse tells labels apart, so they were left out.`);
    if (this.rateHz === undefined)
      warnings.push(`${name} has no timestamps; ${this.rate()} Hz is assumed. Give the rate if you know it.`);
    if (this.bad > 0) {
      const lines = this.bad === 1 ? 'one line that is' : `${this.bad} lines that are`;
      warnings.push(`${name} has ${lines} not ${columns} numbers (first: line ${this.firstBad}); they were left out.`);
    }
    return { found: this.found, warnings };
  }
}

/** First and last column of the targets; none: a range that holds no column. */
function columnsOf(targets: SignalLayout['targets'], columns: number): readonly [number, number] {
  if (!targets) return [0, -1];
  const [from, to] = targets.map((at) => (at < 0 ? columns + at : at));
  return [from, to];
}

function targetCount({ targets }: SignalLayout, columns: number): number {
  const [from, to] = columnsOf(targets, columns);
  return Math.max(0, Math.min(to, columns - 1) - Math.max(from, 0) + 1);
}
