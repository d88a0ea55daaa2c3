/**
 * Takes files of many kinds into a dataset: finds out what each is, who made it and on which side of the split it
 * belongs, leaves out what is there already, and writes in small batches of whole captures. Every file that is not
 * taken, or taken with a repair, gets one plain sentence.
 */
import type { LongWork } from '../../base';
import { cancelled, DatasetError } from '../errors';
import { completeNotes, contentHash } from '../notes';
import type { ArrivalSplitter } from '../splitting';
import { checkCapture, prepareCapture, type PreparedCapture } from '../store';
import type { ImportOptions, ImportReport, NewCapture, Segment } from '../types';
import type { Found } from './found';
import { labelFromPath, type PathSays } from './label-rules';
import { refusalOf } from './limits';
import { readEasyAiSettings } from './easy-ai';
import { findEiLibrary } from './ei-library';
import { resolveSpans } from './lists/said';
import { readManifests, type Manifests, type Said } from './manifests';
import { boxesFor, labelOfBoxes } from './picture-boxes';
import { isOtherPicture, isReadable, readSource, type ReaderOptions } from './readers';
import { Remarks } from './remarks';
import { asProjectSound, placesAt } from './sound';
import type { SignalLayout } from './signal-lines';
import { groupSources, openGroup, type SourceFile, type SourceTree } from './sources';

/** What an import needs of the dataset. */
export interface ImportTarget {
  /** Every id of this import begins so. */
  readonly prefix: string;
  readonly splitter: ArrivalSplitter;
  /** Content hashes that are there; the import adds its own. */
  readonly known: Set<string>;
  keep(captures: readonly PreparedCapture[]): Promise<void>;
  finish(ids: readonly string[]): Promise<void>;
  rateFor(axes: number): number | undefined;
}

const BATCH = 64;
/** Values waiting to be written: 64 MB. */
const BATCH_VALUES = 16_000_000;

class Import {
  readonly remarks = new Remarks();
  readonly ids: string[] = [];
  /** Those of the ids whose split nobody chose. */
  readonly free: string[] = [];
  readonly labels = new Map<string, number>();
  duplicates = 0;
  private waiting: PreparedCapture[] = [];
  private waitingValues = 0;
  private numbered = 0;

  constructor(
    private readonly target: ImportTarget,
    private readonly options: ImportOptions,
    private readonly work: LongWork,
  ) {}

  private readerOptions(signals: SignalLayout | undefined): ReaderOptions {
    const { rateHz, hmacKey, axes: told } = this.options;
    const layout = told === undefined ? signals : { interleaved: true, ...signals, axes: told };
    return { rateHz, hmacKey, rateFor: (axes) => this.target.rateFor(axes), signals: layout };
  }

  private stopIfAsked(): void {
    if (this.work.signal?.aborted) throw cancelled('The import');
  }

  /** The files of a tree that are recordings by their names; the others are remarked on. */
  private choose(tree: SourceTree, manifests: Manifests): SourceFile[] {
    const ownTrash = tree.files.some((file) => file.path.startsWith('trash/history/'));
    return tree.files.filter((file) => {
      const { path } = file;
      if (manifests.lists.has(path) || (ownTrash && path.startsWith('trash/')) || /\.labels$/i.test(path)) return false;
      if (isOtherPicture(path)) {
        this.remarks.add('picture', `${path} is a picture of a kind that is not read; save it as JPEG or PNG.`);
        return false;
      }
      if (tree.isFolder && !isReadable(path)) {
        this.remarks.add('unknown', refusalOf(path) ?? `${path} is not of a kind that Dormouse imports.`);
        return false;
      }
      if (manifests.attached.has(path)) {
        this.remarks.add('attached', `${path} is attached to a recording; only recordings are taken.`);
        return false;
      }
      const governed = manifests.governed.some((folder) => path.startsWith(folder));
      if (manifests.unlisted.has(path) || (governed && !manifests.said.has(path))) {
        this.remarks.add('unlisted', `${path} is not in the list of files beside it and was left out.`);
        return false;
      }
      return true;
    });
  }

  async tree(tree: SourceTree, done: number, total: number): Promise<void> {
    const manifests = await readManifests(tree.files, this.remarks);
    const easyAi = await readEasyAiSettings(tree.files);
    const library = await findEiLibrary(tree.files);
    if (library) this.remarks.add('library', library.sentence);
    const own = library ? tree.files.filter(({ path }) => !path.startsWith(library.folder)) : tree.files;
    const files = this.choose({ ...tree, files: own }, manifests).filter(({ path }) => path !== easyAi?.path);
    const present = new Set(tree.files.map((file) => file.path));
    const absent = [...manifests.said.keys()].filter((path) => !present.has(path) && !manifests.said.get(path)?.notes);
    for (const path of absent) this.remarks.add('absent', `${path} is listed but not there.`);
    for (const [i, file] of files.entries()) {
      this.stopIfAsked();
      // Progress over several things imported at once: each counts the same.
      const fraction = (done + i / files.length) / total;
      this.work.onProgress?.({ step: `Reading ${file.path}`, done: Math.round(fraction * 1000), total: 1000 });
      await this.file(file, tree, manifests.said.get(file.path), easyAi?.layout);
    }
    await this.flush();
  }

  private async file(
    file: SourceFile,
    tree: SourceTree,
    said: Said | undefined,
    signals: SignalLayout | undefined,
  ): Promise<void> {
    try {
      const content = await readSource(file, this.readerOptions(signals));
      const general = (warning: string): string => warning.replaceAll(file.path, '').replace(/\d+/g, '');
      for (const warning of content.warnings) this.remarks.add(general(warning), warning);
      for (const found of content.found) await this.take(found, file, tree, said);
    } catch (error) {
      if (!(error instanceof DatasetError) || (error.code !== 'bad-file' && error.code !== 'bad-capture')) throw error;
      this.remarks.add('bad', error.message.includes(file.path) ? error.message : `${file.path}: ${error.message}`);
    }
  }

  private async take(read: Found, file: SourceFile, tree: SourceTree, said: Said | undefined): Promise<void> {
    const found = asProjectSound(read, this.options.soundRateHz);
    const source = `${tree.isFolder ? `${tree.name}/` : ''}${file.path}${found.part ? `#${found.part}` : ''}`;
    // Lists and files count in frames of the recording as it was.
    const { notes, chosen } = this.notesFor(read, labelFromPath(file.path, tree.isFolder ? tree.name : ''), said);
    const places = placesAt(notes, found.rateHz / read.rateHz, found.values.length / found.axes.length);
    const capture: NewCapture = checkCapture({
      ...found,
      notes: { ...notes, ...places, source: said?.notes ? notes.source : source },
    });
    if (capture.values.length < found.values.length) {
      this.remarks.add('repaired', `${source} holds values that are no numbers; those frames were marked as gaps.`);
    }
    const hash = contentHash(capture.axes, capture.rateHz, capture.values, capture.width);
    if (this.target.known.has(hash)) {
      this.duplicates++;
      return;
    }
    this.target.known.add(hash);
    const id = `${this.target.prefix}${String(++this.numbered).padStart(6, '0')}`;
    const draft = prepareCapture(id, capture, hash);
    const split = chosen ? draft.notes.split : this.target.splitter.choose({ ...draft.notes, hash });
    const complete = { ...draft.notes, split };
    if (!chosen) this.free.push(id);
    this.target.splitter.note({ ...complete, hash });
    this.waiting.push({ ...draft, notes: complete });
    this.waitingValues += capture.values.length;
    if (this.waiting.length >= BATCH || this.waitingValues >= BATCH_VALUES) await this.flush();
  }

  /** What the person said counts most, then a list of files, then the file itself, then its name. */
  private notesFor(found: Found, path: PathSays, said: Said = {}) {
    const { options } = this;
    const split = options.split ?? said.notes?.split ?? said.split ?? path.split;
    const boxes = boxesFor(found, said);
    const boxLabel = boxes && (boxes.length > 0 || !said.label) ? labelOfBoxes(boxes) : undefined;
    // Where another project's notes come along, its splits are taken as they are: pinned, or still free to change.
    const pinned = options.split === undefined && said.notes ? said.notes.splitPinned : split !== undefined;
    const notes = completeNotes({
      createdAt: found.createdAt || new Date().toISOString(),
      device: found.device,
      sensor: found.sensor,
      gaps: found.gaps,
      segments: this.segmentsFor(found, said) ?? found.segments,
      boxes,
      ...said.notes,
      split: split ?? 'training',
      splitPinned: pinned,
      label: options.label ?? said.notes?.label ?? boxLabel ?? said.label ?? (found.label || path.label),
      person: options.person ?? said.notes?.person ?? said.person ?? path.person,
      session: options.session ?? said.notes?.session ?? said.session ?? '',
      note: said.notes?.note ?? said.note ?? '',
    });
    return { notes, chosen: split !== undefined };
  }

  private segmentsFor(found: Found, said: Said): readonly Segment[] | undefined {
    if (!said.spans) return undefined;
    const { segments, dropped } = resolveSpans(said.spans, found.values.length / found.axes.length, found.rateHz);
    if (dropped > 0) {
      const parts = dropped === 1 ? 'One labelled part lies' : `${dropped} labelled parts lie`;
      this.remarks.add('outside', `${parts} outside of the recording that they are for and were left out.`);
    }
    return segments;
  }

  private async flush(): Promise<void> {
    const batch = this.waiting;
    this.waiting = [];
    this.waitingValues = 0;
    if (batch.length === 0) return;
    await this.target.keep(batch);
    for (const { id, notes } of batch) {
      this.ids.push(id);
      this.labels.set(notes.label, (this.labels.get(notes.label) ?? 0) + 1);
    }
  }

  /** Writes what is whole, after a cancel. */
  async keepWhole(): Promise<void> {
    await this.flush();
  }
}

/** Imports everything; see `Dataset.importPaths`. */
export async function importInto(
  target: ImportTarget,
  paths: readonly string[],
  options: ImportOptions,
  work: LongWork,
): Promise<ImportReport> {
  const run = new Import(target, options, work);
  try {
    const groups = await groupSources(paths);
    for (const [i, group] of groups.entries()) {
      if (work.signal?.aborted) throw cancelled('The import');
      const tree = await openGroup(group, run.remarks);
      try {
        await run.tree(tree, i, groups.length);
      } finally {
        await tree.close();
      }
    }
  } catch (error) {
    if (error instanceof DatasetError && error.code === 'cancelled') await run.keepWhole();
    throw error;
  }
  await target.finish(run.free);
  work.onProgress?.({ step: 'Imported', done: 1000, total: 1000 });
  const warnings = run.remarks.list();
  if (run.ids.length === 0 && run.duplicates === 0) {
    const reason = warnings[0] ?? 'There are no recordings in there.';
    const action =
      'Dormouse imports CSV, WAV, JPEG, PNG, data acquisition files, CreateAI data samples, and folders or zips of these.';
    throw new DatasetError('nothing-imported', reason, action);
  }
  const labels = Object.fromEntries([...run.labels].sort(([a], [b]) => (a < b ? -1 : 1)));
  return { imported: run.ids.length, duplicates: run.duplicates, labels, warnings, ids: run.ids };
}
