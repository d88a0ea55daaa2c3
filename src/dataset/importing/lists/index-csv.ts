/** Tables called index.csv, labels.csv and the like: a column of file names, and what is said about each. Pure. */
import { splitCalled, type Said } from './said';

/** The cells of a line of comma-separated text, quotes undone. */
export function cellsOf(line: string): string[] {
  const cells: string[] = [];
  const pattern = /(?:^|[,;\t])\s*(?:"((?:[^"]|"")*)"|([^,;\t]*))/g;
  for (const match of line.replace(/\r$/, '').matchAll(pattern))
    cells.push((match[1]?.replaceAll('""', '"') ?? match[2]).trim());
  return cells;
}

const columnNames = {
  file: /^(file|filename|file_?name|path|file_?path|wav|clip)$/i,
  label: /^(label|class|class_?name|gesture|activity|condition|word|command|keyword)$/i,
  person: /^(person|speaker|speaker_?id|subject|subject_?id|user|user_?id|participant|who|student)$/i,
  session: /^(session|session_?id|day|recording_?session)$/i,
  split: /^(split|category|set|subset|partition|fold_?set|split_.*|.*_split)$/i,
};

export function isIndexName(name: string): boolean {
  return /^(index|labels|metadata|manifest|files)\.csv$/i.test(name);
}

/** undefined where the text is no list of files. */
export function parseIndex(text: string): Map<string, Said> | undefined {
  const lines = text.replace(/^\ufeff/, '').split('\n');
  const header = cellsOf(lines[0] ?? '');
  const column = (what: keyof typeof columnNames): number => header.findIndex((name) => columnNames[what].test(name));
  const at = {
    file: column('file'),
    label: column('label'),
    person: column('person'),
    session: column('session'),
    split: column('split'),
  };
  if (at.file < 0 || header.length < 2) return undefined;
  const said = new Map<string, Said>();
  for (const line of lines.slice(1)) {
    const cells = cellsOf(line);
    const path = cells[at.file]?.replaceAll('\\', '/').replace(/^\.\//, '');
    if (!path) continue;
    const split = splitCalled(cells[at.split]);
    said.set(path, {
      ...(cells[at.label] ? { label: cells[at.label] } : {}),
      ...(cells[at.person] ? { person: cells[at.person] } : {}),
      ...(cells[at.session] ? { session: cells[at.session] } : {}),
      ...(split ? { split } : {}),
    });
  }
  return said;
}
