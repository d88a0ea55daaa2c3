/**
 * The `.labels` files of the public export format: `info.labels` (whole or line by line) and its siblings
 * `structured_labels.labels`, `bounding_boxes.labels`, `label_map.labels` and `attachments.labels`. Source: docs.edgeimpulse.com, "Edge
 * Impulse labels", and the uploader's own checks (indices are whole frames, ends inclusive).
 */
import { decodeDocument } from '../../acquisition';
import { completeNotes } from '../../notes';
import type { Box } from '../../types';
import { isFields, longestLabel, MAX_PARTS, splitCalled, type Fields, type Said, type Span } from './said';

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** `{"__ndjson":true,` and then one `{__key, __item}` a line: how large exports are written. */
function parseLines(text: string): Fields {
  const files: unknown[] = [];
  for (const line of text.split('\n').slice(1)) {
    const trimmed = line.trim().replace(/,$/, '');
    if (!trimmed.startsWith('{')) continue;
    try {
      const row = JSON.parse(trimmed) as Fields;
      const item = row['__item'] ?? row;
      if (isFields(item) && typeof item['path'] === 'string') files.push(item);
    } catch {
      continue;
    }
  }
  return { files };
}

/** Whole numbers with inclusive ends, as that format has them: frames, though its documentation says milliseconds. */
export function readSpans(labels: unknown): Span[] {
  if (!Array.isArray(labels)) return [];
  return labels.slice(0, MAX_PARTS).flatMap((part): Span[] => {
    if (!isFields(part) || typeof part['label'] !== 'string') return [];
    const [start, end] = [Number(part['startIndex']), Number(part['endIndex'])];
    const good = Number.isInteger(start) && Number.isInteger(end) && start >= 0 && end >= start;
    return good ? [{ start, end: end + 1, label: part['label'] }] : [];
  });
}

export function readBoxes(boxes: unknown): Box[] {
  if (!Array.isArray(boxes)) return [];
  return boxes.slice(0, MAX_PARTS).flatMap((box): Box[] => {
    if (!isFields(box) || typeof box['label'] !== 'string') return [];
    const [x, y, width, height] = ['x', 'y', 'width', 'height'].map((name) => Number(box[name]));
    return [x, y, width, height].every(Number.isFinite) ? [{ label: box['label'], x, y, width, height }] : [];
  });
}

/** The value under `label` where there is one, else the first: a capture here has one label. */
function labelOfMap(labels: unknown): string {
  if (Array.isArray(labels)) return textOf(labels[0]);
  if (!isFields(labels)) return '';
  return textOf(labels['label'] ?? labels['class'] ?? Object.values(labels)[0]);
}

/** All keys but the one taken as the label, as a note: nothing that was said is lost. */
function noteOfMap(labels: unknown): string {
  if (!isFields(labels) && !Array.isArray(labels)) return '';
  const entries = Object.entries(labels).filter(([, value]) => typeof value === 'string');
  return entries.length > 1 ? entries.map(([key, value]) => `${key}: ${String(value)}`).join('; ') : '';
}

function labelSaid(label: Fields): Said {
  switch (label['type']) {
    case 'label':
      return textOf(label['label']) ? { label: textOf(label['label']) } : {};
    case 'multi-label': {
      const parts = readSpans(label['labels']);
      const name = longestLabel(parts);
      return { ...(name ? { label: name } : {}), ...(parts.length > 0 ? spansOf(parts) : {}) };
    }
    case 'keyvalue-labels':
      return mapSaid(label['labels']);
    default:
      // 'unlabeled': the file's name says nothing either.
      return label['type'] === 'unlabeled' ? { label: 'unlabelled' } : {};
  }
}

function mapSaid(labels: unknown): Said {
  const [label, note] = [labelOfMap(labels), noteOfMap(labels)];
  return { ...(label ? { label } : {}), ...(note ? { note } : {}) };
}

const spansOf = (parts: readonly Span[]): Said => ({ spans: { unit: 'frames or ms', parts } });

/** Names of files that are attached to a recording: paths, or objects that name a file. */
export function readAttachments(attachments: unknown): string[] {
  if (!Array.isArray(attachments)) return [];
  return attachments.slice(0, MAX_PARTS).flatMap((one): string[] => {
    const name: unknown = isFields(one) ? (one['filename'] ?? one['path']) : one;
    return typeof name === 'string' && name !== '' ? [name.replaceAll('\\', '/')] : [];
  });
}

/** They are named in the note, so that nobody looks for them in vain. */
function attachmentsSaid(files: readonly string[], note = ''): Said {
  if (files.length === 0) return {};
  const names = `Attached: ${files.map((path) => path.split('/').at(-1)).join(', ')}`;
  return { attachments: files, note: (note ? `${note}; ${names}` : names).slice(0, 1000) };
}

/** One line of info.labels. */
function saidIn(file: Fields): Said {
  const metadata = isFields(file['metadata']) ? file['metadata'] : {};
  const split = splitCalled(file['category']);
  const boxes = readBoxes(file['boundingBoxes']);
  const ours = file['dormouse'];
  const said = labelSaid(isFields(file['label']) ? file['label'] : {});
  return {
    ...said,
    ...attachmentsSaid(readAttachments(file['attachments']), said.note),
    ...(split ? { split } : {}),
    ...(metadata['person'] ? { person: textOf(metadata['person']) } : {}),
    ...(metadata['session'] ? { session: textOf(metadata['session']) } : {}),
    ...(Array.isArray(file['boundingBoxes']) ? { boxes } : {}),
    ...(isFields(ours) ? { notes: completeNotes(ours) } : {}),
  };
}

/** The map of a sibling file, by the names in it. */
function siblingSaid(parsed: Fields): Map<string, Said> | undefined {
  const each = (value: unknown, said: (one: unknown) => Said): Map<string, Said> =>
    new Map(Object.entries(isFields(value) ? value : {}).map(([path, one]) => [path, said(one)]));
  switch (parsed['type']) {
    case 'bounding-box-labels':
      return each(parsed['boundingBoxes'], (one) => ({ boxes: readBoxes(one) }));
    case 'structured-labels':
      return each(parsed['structuredLabels'], (one) => {
        const parts = readSpans(one);
        return parts.length > 0 ? { ...spansOf(parts), label: longestLabel(parts) } : {};
      });
    case 'attachments':
      return each(parsed['attachments'], (one) => attachmentsSaid(readAttachments(one)));
    case 'label-map-labels':
      return each(parsed['labels'], mapSaid);
    default:
      return undefined;
  }
}

export interface LabelsFile {
  readonly said: Map<string, Said>;
  /** True for info.labels, which names every file that belongs to the set. */
  readonly complete: boolean;
}

/** Throws DatasetError 'bad-file' where the bytes are no JSON; an unknown kind of list says nothing. */
export function readLabelsFile(bytes: Uint8Array): LabelsFile {
  const text = new TextDecoder().decode(bytes.subarray(0, 64)).replace(/^\ufeff/, '');
  const byLine = /^\s*\{\s*"__ndjson"\s*:\s*true/.test(text);
  const parsed = byLine ? parseLines(new TextDecoder().decode(bytes)) : decodeDocument(bytes);
  if (!isFields(parsed)) return { said: new Map(), complete: false };
  const sibling = siblingSaid(parsed);
  if (sibling) return { said: sibling, complete: false };
  const files = Array.isArray(parsed['files']) ? parsed['files'].filter(isFields) : [];
  const named = files.filter((one) => typeof one['path'] === 'string');
  return { said: new Map(named.map((one) => [String(one['path']), saidIn(one)])), complete: true };
}
