/**
 * Label Studio's JSON: a list of tasks, each with the annotated file's address and results of the kinds choices,
 * rectangles (in percent), sound regions (in seconds) and time-series regions (in whatever the time column counts).
 * Source: labelstud.io, "Task format". What people said counts; predictions and cancelled annotations do not. Pure.
 */
import type { Box } from '../../types';
import { nameOf } from './locate';
import { isFields, longestLabel, MAX_PARTS, type Fields, type Said, type Span } from './said';

export function isLabelStudio(value: unknown): value is readonly Fields[] {
  if (!Array.isArray(value) || value.length === 0) return false;
  return value.every((task) => isFields(task) && isFields(task['data']) && Array.isArray(task['annotations']));
}

/** The name of the annotated file, without the random letters that an upload puts before it. */
function fileOf(task: Fields): string {
  const data = task['data'] as Fields;
  const address = [
    data['image'],
    data['audio'],
    data['csv'],
    data['timeseries'],
    data['csv_url'],
    ...Object.values(data),
  ].find((value): value is string => typeof value === 'string' && /\.[a-z0-9]{2,5}([?#].*)?$/i.test(value));
  const plain = (address ?? '').replace(/[?#].*$/, '').replaceAll('\\', '/');
  let name = nameOf(plain);
  try {
    name = decodeURIComponent(name);
  } catch {
    // A percent sign that is part of the name.
  }
  return name.replace(/^[0-9a-f]{8}-/i, '');
}

const firstText = (value: unknown): string => {
  const list: unknown[] = Array.isArray(value) ? value : [];
  return typeof list[0] === 'string' ? list[0] : '';
};

interface Results {
  label: string;
  readonly boxes: Box[];
  readonly spans: Span[];
  series: boolean;
  seen: boolean;
}

function take(result: Fields, into: Results): void {
  const { type } = result;
  const value = isFields(result['value']) ? result['value'] : {};
  const number = (name: string): number => (typeof value[name] === 'number' ? value[name] : NaN);
  into.seen = true;
  if (type === 'choices') into.label ||= firstText(value['choices']);
  if (type === 'rectanglelabels' && into.boxes.length < MAX_PARTS) {
    const [x, y, width, height] = ['x', 'y', 'width', 'height'].map((name) => number(name) / 100);
    if (width > 0 && height > 0 && Number.isFinite(x + y))
      into.boxes.push({ label: firstText(value['rectanglelabels']), x, y, width, height });
  }
  if ((type === 'labels' || type === 'timeserieslabels') && into.spans.length < MAX_PARTS) {
    const [start, end] = [number('start'), number('end')];
    if (type === 'timeserieslabels') into.series = true;
    if (start >= 0 && end >= start) into.spans.push({ start, end, label: firstText(value[type]) });
  }
}

function saidIn(task: Fields): Said {
  const into: Results = { label: '', boxes: [], spans: [], series: false, seen: false };
  const done = (task['annotations'] as unknown[]).filter(
    (one): one is Fields => isFields(one) && one['was_cancelled'] !== true,
  );
  // Several people may have annotated one file; the last one is taken.
  const results: unknown = done.at(-1)?.['result'];
  for (const result of Array.isArray(results) ? results : []) if (isFields(result)) take(result, into);
  const label = into.label || longestLabel(into.spans);
  return {
    ...(label ? { label } : {}),
    ...(into.boxes.length > 0 ? { boxFractions: into.boxes } : {}),
    ...(into.spans.length > 0
      ? { spans: { unit: into.series ? 'any time' : 'seconds', parts: into.spans } as const }
      : {}),
  };
}

export function readLabelStudio(tasks: readonly Fields[]): Map<string, Said> {
  return new Map(tasks.map((task) => [fileOf(task), saidIn(task)]));
}
