/** Looking at entries: queries, counts, and the difference between two notes. Pure. */
import { summaryOf, type Entry } from './catalogue';
import type { NotesPatch } from './history';
import { noteFields } from './notes';
import { defaultSplitting } from './splitting';
import type { AutoSplitOptions, CaptureNotes, CaptureQuery, DatasetSummary } from './types';

/** True for entries that match everything that the query says. */
export function queryFilter(query: CaptureQuery): (entry: Entry) => boolean {
  const ids = query.ids ? new Set(query.ids) : undefined;
  const text = query.text?.trim().toLowerCase();
  return ({ id, notes }) => {
    if (query.label !== undefined && notes.label !== query.label) return false;
    if (query.split !== undefined && notes.split !== query.split) return false;
    if (query.person !== undefined && notes.person !== query.person) return false;
    if (query.session !== undefined && notes.session !== query.session) return false;
    if (ids && !ids.has(id)) return false;
    if (!text) return true;
    const searched = [
      id,
      notes.label,
      notes.person,
      notes.session,
      notes.source,
      notes.note,
      notes.device,
      notes.sensor,
    ];
    return searched.some((field) => field.toLowerCase().includes(text));
  };
}

/** Seconds of a capture that are used. */
function usedSeconds(entry: Entry): number {
  const { start, end } = entry.notes.trim ?? { start: 0, end: entry.data.frames };
  return Math.max(0, Math.min(end, entry.data.frames) - start) / entry.data.rateHz;
}

export function summarise(entries: Iterable<Entry>): DatasetSummary {
  const labels = new Map<string, { training: number; testing: number; seconds: number }>();
  const persons = new Set<string>();
  const sessions = new Set<string>();
  let captures = 0;
  for (const entry of entries) {
    const { label, split, person, session } = summaryOf(entry);
    const counts = labels.get(label) ?? { training: 0, testing: 0, seconds: 0 };
    counts[split]++;
    counts.seconds += usedSeconds(entry);
    labels.set(label, counts);
    if (person) persons.add(person);
    if (session) sessions.add(session);
    captures++;
  }
  const byName = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
  return {
    captures,
    labels: [...labels].map(([label, counts]) => ({ label, ...counts })).sort((a, b) => byName(a.label, b.label)),
    persons: [...persons].sort(byName),
    sessions: [...sessions].sort(byName),
  };
}

/** The fields in which two notes differ, before and after; undefined where they are the same. */
export function patchBetween(
  before: CaptureNotes,
  after: CaptureNotes,
): { before: NotesPatch; after: NotesPatch } | undefined {
  const fields = noteFields.filter((field) => JSON.stringify(before[field]) !== JSON.stringify(after[field]));
  if (fields.length === 0) return undefined;
  const pick = (notes: CaptureNotes): NotesPatch =>
    Object.fromEntries(fields.map((field) => [field, notes[field] ?? null]));
  return { before: pick(before), after: pick(after) };
}

/** 'label 3 captures "wave"', as the interface says it after "Undo". */
export function describeUpdate(notes: Partial<CaptureNotes>, count: number): string {
  const captures = count === 1 ? 'one capture' : `${count} captures`;
  if (notes.label !== undefined) return `label ${captures} "${notes.label}"`;
  if (notes.split !== undefined) return `move ${captures} to ${notes.split}`;
  if (notes.person !== undefined)
    return notes.person ? `note ${notes.person} for ${captures}` : `forget who made ${captures}`;
  if ('trim' in notes) return notes.trim ? `trim ${captures}` : `undo the trimming of ${captures}`;
  if (notes.segments !== undefined) return `mark parts of ${captures}`;
  return `change ${captures}`;
}

/** The stored way of splitting new captures; the default where there is none or it is damaged. */
export function readSplitting(text: string): AutoSplitOptions {
  try {
    const { splitting } = JSON.parse(text) as { splitting?: Partial<AutoSplitOptions> };
    const { by, testing, seed } = splitting ?? {};
    const valid =
      (by === 'person' || by === 'session' || by === 'capture') &&
      typeof testing === 'number' &&
      testing >= 0 &&
      testing <= 0.9;
    return valid ? { by, testing, seed: Number.isInteger(seed) ? (seed as number) : 1 } : defaultSplitting;
  } catch {
    return defaultSplitting;
  }
}
