/**
 * What kind of table a text holds, judged by its first lines: delimiter, header, and which columns are time, values,
 * labels or mere numbering. Units and axis names come from the header: `ax_mg`, `accX (m/s2)`, `gyr_y [dps]`.
 */
import type { Axis } from '../types';
import { DatasetError } from '../errors';

export type TimeUnit = 'ns' | 'us' | 'ms' | 's' | 'date';

export interface TableShape {
  readonly delimiter: RegExp | undefined;
  /** 1,5;2,5 as spreadsheets write it in much of Europe. */
  readonly decimalComma: boolean;
  readonly columns: number;
  readonly header: readonly string[] | undefined;
  readonly time: number;
  /** undefined = to be judged by the values. */
  readonly timeUnit: TimeUnit | undefined;
  readonly label: number;
  /** Columns that are values, and their axes, in the same order. */
  readonly values: readonly number[];
  readonly axes: readonly Axis[];
  /** Headers of columns left out: numbering, texts. */
  readonly ignored: readonly string[];
}

const MAX_COLUMNS = 256;
const numberPattern = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const decimalCommaPattern = /^[+-]?\d+,\d+$/;
const pairPattern = /^\s*["']?([A-Za-z][\w .()/-]{0,40}?)["']?\s*[:=]\s*([^:=]+)$/;

/** Escape sequences of terminals (colours, cursor, titles) and control characters, which are not part of the text. */
export function stripTerminal(line: string): string {
  // eslint-disable-next-line no-control-regex
  if (!/[\u0000-\u0008\u000b-\u001f\u007f]/.test(line)) return line;
  return (
    line
      // eslint-disable-next-line no-control-regex
      .replace(/\u001b(?:\[[0-9;?<>=!]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[()#][A-Za-z0-9]|.)?/g, '')
      // eslint-disable-next-line no-control-regex
      .replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '')
  );
}

/** A line of dashes, with which recorders separate one capture from the next: `-,-,-`. */
export function isSeparator(line: string): boolean {
  return /^\s*-(?:[\s,;]+-)+\s*$/.test(line);
}

export function splitLine(line: string, delimiter: RegExp | undefined): string[] {
  const trimmed = line.trim();
  if (!delimiter) return [trimmed];
  return trimmed.split(delimiter).map((cell) => {
    const inner = cell.trim();
    const quoted = inner.length >= 2 && (inner[0] === '"' || inner[0] === "'") && inner.endsWith(inner[0]);
    return quoted ? inner.slice(1, -1).trim() : inner;
  });
}

/** The number in a cell, also of a `name:value` pair; NaN where there is none. */
export function numberIn(cell: string, decimalComma: boolean): number {
  if (numberPattern.test(cell)) return Number(cell);
  if (decimalComma && decimalCommaPattern.test(cell)) return Number(cell.replace(',', '.'));
  const pair = pairPattern.exec(cell);
  return pair && numberPattern.test(pair[2].trim()) ? Number(pair[2]) : NaN;
}

function mostCommon(counts: readonly number[]): number {
  const seen = new Map<number, number>();
  for (const count of counts) seen.set(count, (seen.get(count) ?? 0) + 1);
  return [...seen].sort((a, b) => b[1] - a[1] || b[0] - a[0])[0]?.[0] ?? 0;
}

/** Lines that are rows of numbers under a delimiter: most of their cells are numbers (times and labels may not be). */
function rowsUnder(lines: readonly string[], delimiter: RegExp | undefined, decimalComma: boolean): string[][] {
  const rows = lines.map((line) => splitLine(line, delimiter));
  const numeric = rows.filter((cells) => {
    const numbers = cells.filter((cell) => Number.isFinite(numberIn(cell, decimalComma))).length;
    return numbers >= 1 && numbers * 2 >= cells.length;
  });
  const columns = mostCommon(numeric.map((cells) => cells.length));
  return numeric.filter((cells) => cells.length === columns);
}

/** The delimiter under which most of the lines are numbers, and those lines in cells. */
export function chooseDelimiter(lines: readonly string[]): {
  delimiter: RegExp | undefined;
  decimalComma: boolean;
  rows: string[][];
} {
  const commas = lines.some((line) => line.includes(';')) && lines.some((line) => /\d,\d/.test(line));
  const candidates = [
    ...(commas ? [{ delimiter: /;/, decimalComma: true }] : []),
    { delimiter: /;/, decimalComma: false },
    { delimiter: /,/, decimalComma: false },
    { delimiter: /\t/, decimalComma: false },
    { delimiter: /\s+/, decimalComma: false },
    { delimiter: undefined, decimalComma: false },
  ];
  let best = { ...candidates[0], rows: [] as string[][] };
  let bestScore = 0;
  for (const candidate of candidates) {
    const rows = rowsUnder(lines, candidate.delimiter, candidate.decimalComma);
    // Under a wrong delimiter, numbers and delimiters stick together in cells that are no numbers.
    let score = 0;
    for (const cell of rows.flat()) score += Number.isFinite(numberIn(cell, candidate.decimalComma)) ? 1 : -1;
    score += rows.length;
    if (score > bestScore) {
      best = { ...candidate, rows };
      bestScore = score;
    }
  }
  return best;
}

const unitSpellings: readonly [RegExp, string][] = [
  [/^(m\/?s\^?2|m\/s²|mps2|ms-2|m\/s\/s)$/i, 'm/s2'],
  [/^mg$/i, 'mg'],
  [/^g$/i, 'g'],
  [/^(dps|deg\/s|°\/s|degs|deg_s|degps)$/i, 'deg/s'],
  [/^(rad\/s|rads|radps|rad_s)$/i, 'rad/s'],
  [/^(ut|µt|microtesla)$/i, 'uT'],
  [/^(gauss)$/i, 'gauss'],
  [/^(hpa)$/i, 'hPa'],
  [/^(pa)$/i, 'Pa'],
  [/^(c|°c|degc|celsius)$/i, 'degC'],
  [/^(v|volt|volts)$/i, 'V'],
  [/^(mv)$/i, 'mV'],
  [/^(lx|lux)$/i, 'lx'],
  [/^(wav)$/i, 'wav'],
];

export function unitCalled(spelling: string): string {
  return unitSpellings.find(([pattern]) => pattern.test(spelling.trim()))?.[1] ?? '';
}

const sensorNames: readonly [RegExp, string][] = [
  [/^(?:a|acc|accel|accelerometer|acceleration)[ _.-]?([xyz])$/i, 'acc'],
  [/^(?:g|gyr|gyro|gyroscope)[ _.-]?([xyz])$/i, 'gyr'],
  [/^(?:m|mag|magnetometer)[ _.-]?([xyz])$/i, 'mag'],
];

/** The name that boards use for the axis (accX, gyrY, magZ) where the header means it; the header otherwise. */
export function axisName(spelling: string): string {
  for (const [pattern, prefix] of sensorNames) {
    const match = pattern.exec(spelling.trim());
    if (match) return prefix + match[1].toUpperCase();
  }
  return spelling.trim().slice(0, 64);
}

/** Splits a header such as `ax_mg` or `gyrX (deg/s)` into name and units. */
export function axisFromHeader(header: string, column: number): Axis {
  const bracket = /^(.*?)\s*[([]\s*([^)\]]+)\s*[)\]]\s*$/.exec(header);
  if (bracket)
    return { name: axisName(bracket[1]) || `axis${column}`, units: unitCalled(bracket[2]) || bracket[2].slice(0, 32) };
  const suffix = /^(.+?)[ _]([^ _]+(?:_s)?)$/.exec(header);
  const units = suffix ? unitCalled(suffix[2]) : '';
  // A lone letter may be a unit or a part of the name ("acc_g" but "axis_c"): only acceleration is taken so.
  if (suffix && units && (suffix[2].length > 1 || units === 'g')) return { name: axisName(suffix[1]), units };
  return { name: axisName(header) || `axis${column}`, units: 'N/A' };
}

const timeHeader =
  /^(?:time|timestamp|t|ts|millis|micros|seconds|date|datetime|sample_?time|epoch|elapsed)(?:[ _.([-]*(ns|us|µs|micros|ms|millis|milliseconds|s|sec|secs|seconds)[)\]]?)?$/i;
const indexHeader = /^(?:#|index|idx|n|no|nr|seq|sequence|row|sample|sample_?(?:no|nr|index|number))$/i;
const labelHeader = /^(?:label|class|gesture|activity|target|category)$/i;

function timeUnitOf(header: string): TimeUnit | undefined {
  const match = timeHeader.exec(header.trim());
  const unit = (match?.[1] ?? /^(millis|micros|seconds)$/i.exec(header.trim())?.[1] ?? '').toLowerCase();
  if (unit === 'ns') return 'ns';
  if (/^(us|µs|micros)$/.test(unit)) return 'us';
  if (/^(ms|millis|milliseconds)$/.test(unit)) return 'ms';
  return /^(s|sec|secs|seconds)$/.test(unit) ? 's' : undefined;
}

/** Strictly rising in about even steps: a clock, or a numbering. */
export function looksLikeClock(column: readonly number[]): boolean {
  if (column.length < 8 || column.some((value) => !Number.isFinite(value) || value < 0)) return false;
  const steps = column.slice(1).map((value, i) => value - column[i]);
  const typical = [...steps].sort((a, b) => a - b)[steps.length >> 1];
  return (
    steps.every((step) => step > 0) &&
    steps.filter((step) => Math.abs(step - typical) <= typical / 2).length >= steps.length * 0.8
  );
}

function findHeader(
  lines: readonly string[],
  delimiter: RegExp | undefined,
  firstRow: string[],
  decimalComma: boolean,
): string[] | undefined {
  const at = lines.findIndex((line) => splitLine(line, delimiter).join('\n') === firstRow.join('\n'));
  for (let i = at - 1; i >= 0; i--) {
    const cells = splitLine(lines[i].replace(/^\s*[#%]\s*/, ''), delimiter);
    const named = cells.filter(
      (cell) => /[A-Za-z#]/.test(cell) && !Number.isFinite(numberIn(cell, decimalComma)),
    ).length;
    if (cells.length === firstRow.length && named * 2 > cells.length) return cells;
  }
  const pairs = firstRow.map((cell) => pairPattern.exec(cell)?.[1]?.trim());
  return pairs.every((name) => name !== undefined) ? pairs : undefined;
}

interface Roles {
  time: number;
  timeUnit: TimeUnit | undefined;
  label: number;
  readonly index: number[];
  readonly text: number[];
}

function findRoles(header: readonly string[] | undefined, rows: readonly string[][], decimalComma: boolean): Roles {
  const roles: Roles = { time: -1, timeUnit: undefined, label: -1, index: [], text: [] };
  const columns = rows[0].length;
  for (let column = 0; column < columns; column++) {
    const name = header?.[column]?.trim() ?? '';
    const numbers = rows.map((cells) => numberIn(cells[column], decimalComma));
    const textual = numbers.filter((value) => Number.isFinite(value)).length * 2 < rows.length;
    const isDate = textual && rows.every((cells) => /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d/.test(cells[column]));
    if (roles.time < 0 && (isDate || (!textual && timeHeader.test(name)))) {
      roles.time = column;
      roles.timeUnit = isDate ? 'date' : timeUnitOf(name);
    } else if (roles.label < 0 && labelHeader.test(name)) roles.label = column;
    else if (textual) roles.text.push(column);
    else if (indexHeader.test(name)) roles.index.push(column);
    else if (!header && column === 0 && columns > 1 && looksLikeClock(numbers)) {
      // Without a header, steps of exactly one are a numbering; anything else is a clock.
      const counted = numbers.every((value, i) => value === numbers[0] + i);
      if (counted) roles.index.push(column);
      else roles.time = column;
    }
  }
  return roles;
}

function unnamedAxes(count: number): Axis[] {
  return Array.from({ length: count }, (_, i) => ({ name: `axis${i + 1}`, units: 'N/A' }));
}

/** Judges a table by its first lines (already stripped of escape codes). Throws DatasetError 'bad-file'. */
export function detectShape(lines: readonly string[]): TableShape {
  const action = 'A table needs one line of numbers per point in time, with commas, tabs or spaces between them.';
  const { delimiter, decimalComma, rows } = chooseDelimiter(lines);
  if (rows.length === 0) throw new DatasetError('bad-file', 'There are no lines of numbers in this file.', action);
  const columns = rows[0].length;
  if (columns > MAX_COLUMNS)
    throw new DatasetError('bad-file', `This table has ${columns} columns, more than ${MAX_COLUMNS}.`, action);
  const header = findHeader(lines, delimiter, rows[0], decimalComma);
  const roles = findRoles(header, rows, decimalComma);
  const taken = new Set([roles.time, roles.label, ...roles.index, ...roles.text]);
  const values = Array.from({ length: columns }, (_, i) => i).filter((column) => !taken.has(column));
  if (values.length === 0)
    throw new DatasetError('bad-file', 'This table has no column of values beside its times and labels.', action);
  const axes = header ? values.map((column) => axisFromHeader(header[column], column + 1)) : unnamedAxes(values.length);
  const ignored = [...roles.index, ...roles.text].map((column) => header?.[column] ?? `column ${column + 1}`);
  return { delimiter, decimalComma, columns, header, ...roles, values, axes, ignored };
}
