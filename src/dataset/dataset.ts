/**
 * A project's captures: the one class that the rest of Dormouse uses to list, read, add, edit, import and export
 * them. Every change is on disk when its promise resolves, and is one step that can be undone, also after reopening.
 *
 * Knows files and captures; knows nothing of devices, impulses or models.
 */
import { statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { realDisk, type Disk, type LongWork } from '../base';
import { Catalogue, summaryOf, type Entry } from './catalogue';
import { Editor } from './editing';
import { DatasetError, diskError } from './errors';
import { exportDataset } from './exporting/export';
import { History, type NotesPatch } from './history';
import { importInto } from './importing/import';
import { ProjectLock } from './lock';
import { clearUnfinished } from './unfinished';
import { completeNotes, newId, type DataExtension } from './notes';
import { checkPieces, piecesOf, type Piece } from './pieces';
import { describeUpdate, patchBetween, queryFilter, readSplitting, summarise } from './reading';
import { CaptureStore, checkCapture, prepareCapture } from './store';
import { readStored, type StoredCapture } from './stored';
import type { AutoSplitOptions, Capture, CaptureNotes, CaptureQuery, CaptureSummary } from './types';
import type { DatasetSummary, ExportFormat, ExportOptions } from './types';
import type { ImportOptions, ImportReport, NewCapture, Segment } from './types';

export interface OpenOptions {
  /** To look at only: takes no lock, changes nothing. */
  readonly readOnly?: boolean | undefined;
  /** For tests: the disk that changes go to. */
  readonly disk?: Disk | undefined;
}

export class Dataset {
  private readonly store: CaptureStore;
  private readonly catalogue: Catalogue;
  private readonly history: History;
  private readonly editor: Editor;
  private readonly listeners = new Set<() => void>();
  private order: Entry[] | undefined;
  private queue: Promise<unknown> = Promise.resolve();
  private closed = false;

  private constructor(
    readonly folder: string,
    private readonly disk: Disk,
    private readonly lock: ProjectLock | undefined,
  ) {
    this.store = new CaptureStore(folder, disk);
    this.catalogue = new Catalogue(folder, disk, lock !== undefined);
    this.history = new History(folder, disk);
    this.editor = new Editor(folder, disk, this.store, this.catalogue, this.history);
  }

  /** Makes the folder where it is missing and opens it. */
  static async create(folder: string, options: OpenOptions = {}): Promise<Dataset> {
    try {
      await (options.disk ?? realDisk).makeFolder(join(folder, 'captures'));
    } catch (error) {
      throw diskError(error, 'making the project folder');
    }
    return Dataset.open(folder, options);
  }

  /** Rejects with 'not-a-project', or 'locked' where another program has it open for changes. */
  static async open(folder: string, options: OpenOptions = {}): Promise<Dataset> {
    if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
      throw new DatasetError(
        'not-a-project',
        `There is no folder ${folder}.`,
        'Check the path, or make a new project.',
      );
    }
    const disk = options.disk ?? realDisk;
    const lock = options.readOnly ? undefined : ProjectLock.acquire(folder);
    const dataset = new Dataset(folder, disk, lock);
    try {
      if (lock) await disk.makeFolder(join(folder, 'captures'));
      if (lock?.abandonedSince !== undefined) await clearUnfinished(folder, lock.abandonedSince, disk);
      await dataset.reload();
      // Behind the opening, so that a program that never closes properly still finds a cache next time.
      dataset.queue = dataset.catalogue.save();
    } catch (error) {
      lock?.release();
      throw diskError(error, 'opening the project');
    }
    return dataset;
  }

  private async reload(): Promise<void> {
    await this.catalogue.scan();
    await this.history.load(this.lock !== undefined);
    this.editor.splitting = readSplitting(await readFile(join(this.folder, 'dataset.json'), 'utf8').catch(() => ''));
    this.order = undefined;
  }

  /** Reads what another program changed meanwhile. */
  refresh(): Promise<void> {
    return this.exclusive(() => this.reload());
  }

  /** Saves the cache and lets other programs in. */
  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    await this.queue.catch(() => undefined);
    await this.catalogue.save();
    this.lock?.release();
    this.listeners.clear();
  }

  get readOnly(): boolean {
    return this.lock === undefined;
  }

  get count(): number {
    return this.catalogue.entries.size;
  }

  /** What is wrong with files in the project, one plain sentence each; nothing there stops the work. */
  problems(): readonly string[] {
    return [...this.catalogue.problems, ...this.editor.problems];
  }

  /** How new captures are split. */
  get splitSettings(): AutoSplitOptions {
    return this.editor.splitting;
  }

  /** Called after every change. Returns the function that stops listening. */
  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** One change after the other; readers see the state between two changes. */
  private exclusive<T>(work: () => Promise<T>): Promise<T> {
    if (this.closed) {
      return Promise.reject(new DatasetError('closed', 'This project has been closed.', 'Open it again.'));
    }
    const result = this.queue.then(work).finally(() => {
      this.order = undefined;
      for (const listener of this.listeners) listener();
    });
    this.queue = result.catch(() => undefined);
    return result;
  }

  /** Like `exclusive`, refused where the project was opened to look at only. */
  private change<T>(work: () => Promise<T>): Promise<T> {
    if (this.lock || this.closed) return this.exclusive(work);
    const action = 'Close it in the other program and open it here again.';
    return Promise.reject(new DatasetError('read-only', 'This project is open to look at only.', action));
  }

  /** Newest first. */
  private sorted(): readonly Entry[] {
    const byTime = (a: Entry, b: Entry): number =>
      a.notes.createdAt > b.notes.createdAt ? -1 : a.notes.createdAt < b.notes.createdAt ? 1 : a.id < b.id ? -1 : 1;
    this.order ??= [...this.catalogue.entries.values()].sort(byTime);
    return this.order;
  }

  /** Captures that match all that the query says, newest first. */
  list(query: CaptureQuery = {}, offset = 0, limit = Infinity): { total: number; items: CaptureSummary[] } {
    const found = this.sorted().filter(queryFilter(query));
    return { total: found.length, items: found.slice(offset, offset + limit).map(summaryOf) };
  }

  summary(): DatasetSummary {
    return summarise(this.catalogue.entries.values());
  }

  /** The whole recording. Rejects with 'unknown-capture' or 'damaged-capture'. */
  async get(id: string): Promise<Capture> {
    return readStored(this.stored(id), this.store);
  }

  /** What another thread must know to read it. Throws 'unknown-capture'. */
  stored(id: string): StoredCapture {
    const entry = this.editor.entry(id);
    return { summary: summaryOf(entry), file: entry.data.file };
  }

  /** The data file as it lies on the disk. Rejects with 'unknown-capture' or 'damaged-capture'. */
  async dataFile(id: string): Promise<{ extension: DataExtension; bytes: Uint8Array }> {
    const { file } = this.editor.entry(id).data;
    return { extension: file, bytes: await this.store.readBytes(id, file) };
  }

  /** Stores one recording; it is on disk when this resolves. A split that is given counts as chosen by a person. */
  add(capture: NewCapture): Promise<CaptureSummary> {
    return this.change(async () => {
      const draft = prepareCapture(newId(), checkCapture(capture));
      const pinned = capture.notes.splitPinned ?? capture.notes.split !== undefined;
      const split = capture.notes.split ?? this.editor.splitter().choose({ ...draft.notes, hash: draft.data.hash });
      const prepared = { ...draft, notes: { ...draft.notes, split, splitPinned: pinned } };
      await this.editor.step({ name: `add one "${prepared.notes.label}"`, addedPrefix: prepared.id }, () =>
        this.editor.keep([prepared]),
      );
      return summaryOf(this.editor.entry(prepared.id));
    });
  }

  /** Changes what is said about captures: one step. Setting a split pins it, unless `splitPinned` says otherwise. */
  update(ids: readonly string[], notes: Partial<CaptureNotes>): Promise<void> {
    return this.change(async () => {
      const pinning = notes.split !== undefined && notes.splitPinned === undefined ? { splitPinned: true } : {};
      const changed: Record<string, { before: NotesPatch; after: NotesPatch }> = {};
      for (const id of ids) {
        const old = this.editor.entry(id).notes;
        const patch = patchBetween(old, completeNotes({ ...old, ...notes, ...pinning }));
        if (patch) changed[id] = patch;
      }
      const count = Object.keys(changed).length;
      if (count === 0) return;
      await this.editor.step({ name: describeUpdate(notes, count), changed }, () =>
        this.editor.applyPatches(changed, 'after'),
      );
    });
  }

  /** Chooses the part that is used, in frames; undefined = all of it. The data file is not touched. */
  async trim(id: string, range: { start: number; end: number } | undefined): Promise<void> {
    const { frames } = this.editor.entry(id).data;
    const whole = range && Number.isInteger(range.start) && Number.isInteger(range.end);
    if (range && !(whole && range.start >= 0 && range.start < range.end && range.end <= frames)) {
      const what = `A capture of ${frames} frames cannot be trimmed to ${range.start}..${range.end}.`;
      throw new DatasetError('bad-request', what, 'Choose a start before the end, both inside the capture.');
    }
    await this.update([id], { trim: range });
  }

  /** Labels parts of one capture, in frames; none = its own label holds everywhere. One step. */
  async segment(id: string, segments: readonly Segment[]): Promise<void> {
    checkPieces(segments, this.editor.entry(id).data.frames);
    await this.update([id], { segments });
  }

  /** Cuts one capture into several and moves it to the trash: one step. Resolves with their ids, in the pieces' order. */
  cut(id: string, pieces: readonly Piece[]): Promise<readonly string[]> {
    return this.change(async () => {
      const capture = await this.get(id);
      checkPieces(pieces, capture.frames);
      if (pieces.length === 0) {
        const action = 'Choose at least one part, or delete the capture.';
        throw new DatasetError('bad-request', 'Nothing would be left of this capture.', action);
      }
      const prefix = `${newId()}-`;
      const prepared = piecesOf(capture, pieces).map((piece, i) =>
        prepareCapture(`${prefix}${String(i + 1).padStart(6, '0')}`, checkCapture(piece)),
      );
      const name = `cut one "${capture.label}" into ${pieces.length}`;
      await this.editor.step({ name, addedPrefix: prefix, removed: [id] }, async () => {
        await this.editor.keep(prepared);
        await this.editor.toTrash([id]);
      });
      return prepared.map((piece) => piece.id);
    });
  }

  /** Moves captures to the trash: one step. */
  remove(ids: readonly string[]): Promise<void> {
    return this.change(async () => {
      const removed = [...new Set(ids)];
      for (const id of removed) this.editor.entry(id);
      if (removed.length === 0) return;
      const name = removed.length === 1 ? 'delete one capture' : `delete ${removed.length} captures`;
      await this.editor.step({ name, removed }, () => this.editor.toTrash(removed));
    });
  }

  /** Brings deleted captures back from the trash (of the last deletion where none are named): one step. */
  restore(ids: readonly string[] = []): Promise<readonly string[]> {
    return this.change(async () => {
      const wanted = ids.length > 0 ? [...new Set(ids)] : this.history.lastRemoved();
      const there = new Set(await this.store.trashed(''));
      const missing = ids.find((id) => !there.has(id) && !this.catalogue.entries.has(id));
      if (missing !== undefined) {
        const what = `There is no deleted capture ${missing.slice(0, 130)}.`;
        throw new DatasetError(
          'unknown-capture',
          what,
          'Check its id; only captures in the trash folder can come back.',
        );
      }
      const restored = wanted.filter((id) => there.has(id) && !this.catalogue.entries.has(id));
      if (restored.length === 0) return [];
      const name = restored.length === 1 ? 'restore one capture' : `restore ${restored.length} captures`;
      await this.editor.step({ name, restored }, () => this.editor.fromTrash(restored));
      return restored;
    });
  }

  get undoName(): string {
    return this.history.last()?.name ?? '';
  }

  get redoName(): string {
    return this.history.next()?.name ?? '';
  }

  /** Takes back the last step; resolves with its name, '' where there is none. */
  undo(): Promise<string> {
    return this.change(() => this.editor.replay('undo'));
  }

  redo(): Promise<string> {
    return this.change(() => this.editor.replay('redo'));
  }

  /** What is there now is where undoing begins: for a dataset that a program made and not a person. */
  forgetHistory(): Promise<void> {
    return this.change(() => this.history.forget());
  }

  /**
   * Splits anew, keeping groups together and every label on both sides where it can; pinned captures stay. Captures
   * that come later follow the same rule. One step.
   */
  autoSplit(options: AutoSplitOptions): Promise<void> {
    return this.change(async () => {
      const changed = this.editor.splitPatches([...this.catalogue.entries.values()], options);
      const splitting = { before: this.editor.splitting, after: options };
      await this.editor.step({ name: `split by ${options.by}`, changed, splitting }, async () => {
        await this.editor.saveSplitting(options);
        await this.editor.applyPatches(changed, 'after');
      });
    });
  }

  /**
   * Takes in files, folders and zips: one step. Cancelled, it keeps what was whole by then and rejects with
   * 'cancelled'; with nothing in it that can be taken it rejects with 'nothing-imported' and the reason.
   */
  importPaths(paths: readonly string[], options: ImportOptions = {}, work: LongWork = {}): Promise<ImportReport> {
    return this.change(async () => {
      const prefix = `${newId()}-`;
      const first = paths.map((path) => path.split(/[\\/]/).filter(Boolean).pop() ?? path)[0] ?? '';
      const name = `import ${paths.length === 1 ? first : `${paths.length} files`}`;
      let report: ImportReport | undefined;
      await this.editor.step({ name, addedPrefix: prefix }, async () => {
        report = await importInto(this.editor.importTarget(prefix), paths, options, work);
        if (report.imported === 0) await this.history.abandon();
      });
      return report as ImportReport;
    });
  }

  /** Writes all captures so that they can be imported again here and elsewhere. */
  exportTo(
    format: ExportFormat,
    path: string,
    work: LongWork = {},
    options: ExportOptions = {},
  ): Promise<{ files: number }> {
    return this.exclusive(() =>
      exportDataset(
        {
          ids: this.sorted().map((entry) => entry.id),
          get: (id) => this.get(id),
          file: (id) => this.dataFile(id),
        },
        format,
        path,
        this.disk,
        work,
        options,
      ),
    );
  }
}
