/**
 * Tables of numbers as text: CSV with or without a header, what a serial monitor showed, raw terminal captures with
 * escape codes. Line by line, so that a file of any length needs no more memory than its numbers. Lines that are not
 * rows of the table become gaps, counted and named, never closed up silently.
 */
import type { Gap, Segment } from '../types';
import { DatasetError } from '../errors';
import { cleanLabel, unlabelled } from '../notes';
import { kindOf } from '../store';
import { fitClock } from './clock';
import type { FileContent, Found } from './found';
import { SignalLines, type SignalLayout } from './signal-lines';
import { detectShape, isSeparator, numberIn, splitLine, stripTerminal, type TableShape } from './table-shape';

const SAMPLE_LINES = 256;
const MAX_LINE = 1 << 20;
const MAX_VALUES = 100_000_000;

/** A Float32Array or Float64Array that grows. */
class Growing<T extends Float32Array | Float64Array> {
  length = 0;
  constructor(private array: T) {}

  push(value: number): void {
    if (this.length === this.array.length) {
      const larger = new (this.array.constructor as new (length: number) => T)(this.array.length * 2);
      larger.set(this.array);
      this.array = larger;
    }
    this.array[this.length++] = value;
  }

  take(): T {
    return this.array.slice(0, this.length) as T;
  }
}

interface Running {
  readonly values: Growing<Float32Array>;
  readonly times: Growing<Float64Array>;
  readonly gaps: Gap[];
  readonly runs: Segment[];
  frames: number;
  /** Bad lines since the last good one. */
  bad: number;
}

function start(): Running {
  const values = new Growing(new Float32Array(1024));
  return { values, times: new Growing(new Float64Array(256)), gaps: [], runs: [], frames: 0, bad: 0 };
}

/** Reads one table; feed it text, then call `finish`. */
export class TableReader {
  private rest = '';
  private lineNumber = 0;
  private sample: { text: string; number: number }[] | undefined = [];
  private shape: TableShape | undefined;
  /** Where each line is a whole recording. */
  private signals: SignalLines | undefined;
  private running = start();
  private readonly found: Found[] = [];
  private readonly warnings: string[] = [];
  private badLines = 0;
  private firstBad = 0;
  private escapes = 0;
  private separators = 0;
  private tooShort = 0;

  constructor(
    private readonly name: string,
    /** Taken where the file has no timestamps; undefined = one is assumed, and the report says so. */
    private readonly rateHz: number | undefined,
    private readonly rateFor: (axes: number) => number | undefined,
    private readonly layout?: SignalLayout,
  ) {}

  feed(text: string): void {
    let from = 0;
    for (;;) {
      const end = text.indexOf('\n', from);
      if (end < 0) break;
      this.line(this.rest + text.slice(from, end));
      this.rest = '';
      from = end + 1;
    }
    this.rest += text.slice(from);
    if (this.rest.length > MAX_LINE) {
      const what = `${this.name} has a line of more than a million characters, so it is no table of numbers.`;
      throw new DatasetError('bad-file', what, 'Check that this is the right file.');
    }
  }

  private line(raw: string): void {
    this.lineNumber++;
    // eslint-disable-next-line no-control-regex
    if (/\u001b/.test(raw)) this.escapes++;
    const text = stripTerminal(raw);
    if (text.trim() === '') return;
    if (!this.sample) return this.row(text, this.lineNumber);
    this.sample.push({ text, number: this.lineNumber });
    if (this.sample.length === SAMPLE_LINES) this.settle();
  }

  /** Decides what the table looks like and reads the lines kept so far. */
  private settle(): void {
    const sample = this.sample ?? [];
    this.sample = undefined;
    const lines = sample.filter(({ text }) => !isSeparator(text));
    this.signals =
      lines.length > 0 ? SignalLines.detect(this.name, lines, this.layout, this.rateHz, this.rateFor) : undefined;
    if (!this.signals) this.shape = detectShape(lines.map(({ text }) => text));
    for (const line of sample) this.row(line.text, line.number);
  }

  private row(text: string, number: number): void {
    if (this.signals) return isSeparator(text) ? undefined : this.signals.row(text, number);
    const shape = this.shape as TableShape;
    if (isSeparator(text)) {
      this.separators++;
      return this.flush();
    }
    const cells = splitLine(text, shape.delimiter);
    const numbers = shape.values.map((column) => numberIn(cells[column] ?? '', shape.decimalComma));
    const time = this.timeIn(cells, shape);
    const good = cells.length === shape.columns && numbers.every((value) => Number.isFinite(Math.fround(value)));
    if (!good || (shape.time >= 0 && !Number.isFinite(time))) return this.bad(cells, shape, number);
    const running = this.running;
    if (running.bad > 0 && running.frames > 0) running.gaps.push({ at: running.frames, lost: running.bad });
    running.bad = 0;
    if ((running.frames + 1) * numbers.length > MAX_VALUES) {
      throw new DatasetError('bad-file', `${this.name} holds more numbers than Dormouse can.`, 'Import it in parts.');
    }
    for (const value of numbers) running.values.push(value);
    if (shape.time >= 0) running.times.push(time);
    if (shape.label >= 0) this.labelRun(cells[shape.label]);
    running.frames++;
  }

  private timeIn(cells: readonly string[], shape: TableShape): number {
    if (shape.time < 0) return NaN;
    const cell = cells[shape.time] ?? '';
    return shape.timeUnit === 'date' ? Date.parse(cell) : numberIn(cell, shape.decimalComma);
  }

  private labelRun(cell: string): void {
    const { runs, frames } = this.running;
    const label = cleanLabel(cell);
    const last = runs.at(-1);
    if (last?.label === label && last.end === frames) runs[runs.length - 1] = { ...last, end: frames + 1 };
    else runs.push({ start: frames, end: frames + 1, label });
  }

  private bad(cells: readonly string[], shape: TableShape, number: number): void {
    // What stands above the first row (a header, remarks) is no damage, nor is the header again further down.
    if (this.running.frames === 0 && this.found.length === 0 && this.separators === 0) return;
    if (shape.header && cells.join() === shape.header.join()) return;
    this.badLines++;
    this.firstBad ||= number;
    this.running.bad++;
  }

  private flush(): void {
    const { frames, values, times, gaps, runs } = this.running;
    this.running = start();
    if (frames === 0) return;
    if (frames < 2) {
      this.tooShort++;
      return;
    }
    const shape = this.shape as TableShape;
    const timing = shape.time >= 0 ? fitClock(times.take(), shape.timeUnit) : undefined;
    if (shape.time >= 0 && !timing)
      this.warnings.push(`The times in ${this.name} do not run forward and were not used.`);
    if (timing && timing.backwards > 0) {
      this.warnings.push(
        `The clock in ${this.name} jumps back ${timing.backwards} times; check that it is one recording.`,
      );
    }
    const several = runs.length > 1;
    this.found.push({
      values: values.take(),
      axes: shape.axes,
      rateHz: timing?.rateHz ?? this.assumedRate(shape),
      kind: kindOf(shape.axes),
      ...(runs.length > 0 ? { label: longest(runs) } : {}),
      // What a frame without a label is called here, and in no dataset of labels.
      ...(several ? { segments: runs.filter((run) => run.label !== unlabelled) } : {}),
      // A bad line's time is not kept, so the clock's own gaps include the bad lines.
      gaps: timing && timing.backwards === 0 ? timing.gaps : gaps,
      ...(this.separators > 0 ? { part: `capture ${this.found.length + 1}` } : {}),
    });
  }

  /** As other captures with as many axes; 100 Hz where there are none. */
  private assumedRate(shape: TableShape): number {
    return this.rateHz ?? this.rateFor(shape.values.length) ?? 100;
  }

  /** Throws DatasetError 'bad-file' where the text holds no table at all. */
  finish(): FileContent {
    if (this.rest) this.line(this.rest);
    if (this.sample) this.settle();
    if (this.signals) return this.signals.finish();
    this.flush();
    const shape = this.shape as TableShape;
    if (this.found.length === 0) {
      const what = `${this.name} has fewer than two good lines of numbers.`;
      throw new DatasetError('bad-file', what, 'A recording needs at least two points in time.');
    }
    if (this.badLines > 0) {
      const lines = this.badLines === 1 ? 'one line that is' : `${this.badLines} lines that are`;
      const what = `${this.name} has ${lines} not ${shape.values.length} numbers (first: line ${this.firstBad}); they were left out, between good lines as gaps.`;
      this.warnings.push(what);
    }
    if (this.escapes > 0) {
      this.warnings.push(
        `${this.name} is a raw terminal capture: escape codes in ${this.escapes} lines were taken out.`,
      );
    }
    if (this.tooShort > 0)
      this.warnings.push(`${this.name} has ${this.tooShort} captures of a single line, which were left out.`);
    if (shape.ignored.length > 0)
      this.warnings.push(`${this.name}: left out ${shape.ignored.join(', ')} (numbering or text).`);
    if (shape.time < 0 && this.rateHz === undefined) {
      this.warnings.push(
        `${this.name} has no timestamps; ${this.assumedRate(shape)} Hz is assumed. Give the rate if you know it.`,
      );
    }
    return { found: this.found, warnings: this.warnings };
  }
}

/** The label that most frames have. */
function longest(runs: readonly Segment[]): string {
  const frames = new Map<string, number>();
  for (const run of runs) frames.set(run.label, (frames.get(run.label) ?? 0) + run.end - run.start);
  return [...frames].sort((a, b) => b[1] - a[1])[0][0];
}
