/**
 * SensiML's DAI JSON beside its CSV files: `[{file_name, metadata: [{name, value}], sessions: [{session_name, segments:
 * [{name, value, start, end}]}]}]`, positions in samples with inclusive ends. A file may be segmented in several
 * sessions; the one with the most segments is taken. Pure.
 */
import { isFields, longestLabel, MAX_PARTS, splitCalled, type Fields, type Said, type Span } from './said';

export function isSensiml(value: unknown): value is readonly Fields[] {
  if (!Array.isArray(value) || value.length === 0) return false;
  return value.every((one) => isFields(one) && typeof one['file_name'] === 'string' && Array.isArray(one['sessions']));
}

function spansOf(session: unknown): Span[] {
  const segments: unknown = isFields(session) ? session['segments'] : [];
  return (Array.isArray(segments) ? segments : []).slice(0, MAX_PARTS).flatMap((part): Span[] => {
    if (!isFields(part) || typeof part['value'] !== 'string') return [];
    const { start, end } = part;
    const good =
      Number.isInteger(start) && Number.isInteger(end) && (start as number) >= 0 && Number(end) >= Number(start);
    return good ? [{ start: Number(start), end: Number(end) + 1, label: part['value'] }] : [];
  });
}

function saidIn(file: Fields): Said {
  const rows: unknown[] = Array.isArray(file['metadata']) ? file['metadata'] : [];
  const metadata = new Map(
    rows
      .filter(isFields)
      .map((row) => [String(row['name']).toLowerCase(), typeof row['value'] === 'string' ? row['value'] : '']),
  );
  const first = (...names: string[]): string => names.map((name) => metadata.get(name)).find(Boolean) ?? '';
  const sessions = (file['sessions'] as unknown[]).map(spansOf).sort((a, b) => b.length - a.length);
  const parts = sessions[0] ?? [];
  const person = first('person', 'subject', 'user', 'speaker', 'name');
  const split = splitCalled(first('set', 'split'));
  const session = first('session', 'day');
  const label = first('label', 'class') || longestLabel(parts);
  return {
    ...(label ? { label } : {}),
    ...(person ? { person } : {}),
    ...(session ? { session } : {}),
    ...(split ? { split } : {}),
    ...(parts.length > 0 ? { spans: { unit: 'frames', parts } as const } : {}),
  };
}

export function readSensiml(files: readonly Fields[]): Map<string, Said> {
  return new Map(files.map((file) => [String(file['file_name']), saidIn(file)]));
}
