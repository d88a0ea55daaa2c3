/** The dataset as a person works on it: filters, what is chosen, the recording in sight, edits, import and export. */
import type { Capture, ImportReport, Split } from '../../src/dataset/types';
import type { ProjectState, RequestInput } from '../../src/project/contract';
import type { Session } from '../shell/session.svelte';
import { problemOf, wasCancelled, type Problem } from '../ui/problem';
import { Cutter } from '../capture/sound/cutter.svelte';
import { BoxEditor } from './boxes/editor.svelte';
import { CaptureList } from './list.svelte';
import { PartEditor } from './parts/editor.svelte';
import { sharedBy, type Shared } from './shared';
import { dataWords as words } from './words';

interface Work {
  readonly kind: 'import' | 'export';
  readonly done: number;
  readonly total: number;
  readonly step: string;
}

/** As many as one list answer may hold. */
const comparedAtOnce = 1000;

export class DataModel {
  label = $state('');
  split = $state<Split | ''>('');
  person = $state('');
  text = $state('');
  /** From another screen: only these, and in words which. */
  only = $state.raw<{ readonly ids: readonly string[]; readonly what: string } | undefined>(undefined);
  open = $state.raw<Capture | undefined>(undefined);
  problem = $state.raw<Problem | undefined>(undefined);
  /** The import or export that runs, and how far it is. */
  work = $state.raw<Work | undefined>(undefined);
  report = $state.raw<ImportReport | undefined>(undefined);
  note = $state('');
  splitOpen = $state(false);
  exportOpen = $state(false);
  readonly list: CaptureList;
  /** undefined = what suits the task. */
  view = $state<'list' | 'tiles' | 'map' | undefined>(undefined);
  readonly cutter: Cutter;
  readonly boxes: BoxEditor;
  readonly parts: PartEditor;
  /** What all that are chosen have in common; undefined while it is not known. */
  shared = $state.raw<Shared | undefined>(undefined);
  private comparing = 0;
  private wanted = '';

  readonly chosenIds = $derived.by(() => [...this.list.chosen]);

  constructor(private readonly session: Session) {
    this.list = new CaptureList(session, () => this.query());
    this.cutter = new Cutter(session);
    this.boxes = new BoxEditor(session);
    this.parts = new PartEditor(session);
    session.onOther(() => {
      this.clear();
      this.view = undefined;
    });
    session.bridge.on('project.changed', () => {
      void this.list.refresh();
      if (this.open) void this.look(this.open.id, true);
    });
    const follow = (kind: Work['kind']) => (progress: Omit<Work, 'kind'>) => {
      if (this.work?.kind === kind) this.work = { kind, ...progress };
    };
    session.bridge.on('import.progress', follow('import'));
    session.bridge.on('export.progress', follow('export'));
  }

  query(): RequestInput<'data.list'>['query'] {
    return {
      ...(this.label && { label: this.label }),
      ...(this.split && { split: this.split }),
      ...(this.person && { person: this.person }),
      ...(this.text.trim() && { text: this.text.trim() }),
      ...(this.only && { ids: [...this.only.ids] }),
    };
  }

  /** Opened from another screen with a choice of recordings. */
  showOnly(ids: readonly string[], what: string): void {
    this.clear();
    this.only = { ids, what };
    this.session.step = 'data';
  }

  clear(): void {
    this.label = '';
    this.split = '';
    this.person = '';
    this.text = '';
    this.only = undefined;
    this.open = undefined;
    this.report = undefined;
    this.note = '';
    void this.list.refresh(true);
  }

  /** Chosen elsewhere than in the list: the first of them is shown. */
  chooseIds(ids: readonly string[]): void {
    this.list.active = -1;
    this.list.chosen.clear();
    for (const id of ids) this.list.chosen.add(id);
    void this.look(ids[0]);
  }

  openSplit(): void {
    this.problem = undefined;
    this.splitOpen = true;
  }

  /** Loads one recording for the inspector; the answer to an older wish is dropped. `quiet` where it may just have been deleted. */
  async look(id: string | undefined, quiet = false): Promise<void> {
    this.wanted = id ?? '';
    if (!id) {
      this.open = undefined;
      return;
    }
    try {
      const capture = await this.session.ask('data.get', { id });
      if (this.wanted === id) this.open = capture;
    } catch (error) {
      if (this.wanted !== id) return;
      this.open = undefined;
      if (!quiet) this.problem = problemOf(error);
    }
  }

  /** Looks again at what the chosen recordings have in common; the answer to an older choice is dropped. */
  async compare(): Promise<void> {
    const turn = ++this.comparing;
    const ids = this.chosenIds;
    const { session } = this;
    async function* pages() {
      for (let at = 0; at < ids.length; at += comparedAtOnce) {
        const query = { ids: ids.slice(at, at + comparedAtOnce) };
        yield (await session.ask('data.list', { query, offset: 0, limit: comparedAtOnce })).items;
      }
    }
    try {
      const shared = await sharedBy(pages());
      if (turn === this.comparing) this.shared = shared;
    } catch (error) {
      if (turn === this.comparing) this.problem = problemOf(error);
    }
  }

  async relabel(label: string): Promise<boolean> {
    return this.edit(() => this.session.ask('data.label', { ids: this.chosenIds, label }));
  }

  async setSplit(split: Split): Promise<void> {
    await this.edit(() => this.session.ask('data.split', { ids: this.chosenIds, split }));
  }

  async setPerson(change: { person?: string; session?: string }): Promise<void> {
    await this.edit(() => this.session.ask('data.person', { ids: this.chosenIds, ...change }));
  }

  async trim(start: number, end: number): Promise<void> {
    const id = this.open?.id;
    if (id) await this.edit(() => this.session.ask('data.trim', { id, start, end }));
  }

  async remove(): Promise<void> {
    const ids = this.chosenIds;
    if (ids.length === 0) return;
    const at = this.list.active;
    if (!(await this.edit(() => this.session.ask('data.delete', { ids })))) return;
    this.list.chosen.clear();
    this.open = undefined;
    await this.list.refresh();
    if (this.list.total > 0) this.list.choose(Math.min(at, this.list.total - 1));
    this.session.noteUndo(words.deleted(ids.length, this.session.project.task));
  }

  async autoSplit(how: RequestInput<'data.autoSplit'>): Promise<void> {
    if (await this.edit(() => this.session.ask('data.autoSplit', how))) this.splitOpen = false;
  }

  async pickAndImport(folder: boolean): Promise<void> {
    const { bridge } = this.session;
    const paths = folder
      ? [await bridge.pickFolder(words.importFolderTitle)].filter((path) => path !== null)
      : await bridge.pickFiles({
          title: words.importTitle,
          extensions: ['wav', 'csv', 'json', 'cbor', 'zip', 'txt', 'log', 'png', 'jpg', 'jpeg'],
        });
    await this.import(paths);
  }

  async import(paths: readonly string[]): Promise<void> {
    if (paths.length === 0) return;
    await this.long('import', async () => {
      this.report = undefined;
      this.report = await this.session.ask('data.import', { paths: [...paths] });
    });
    await this.list.refresh();
  }

  /** `hmacKey`: '' = not signed. */
  async export(format: RequestInput<'data.export'>['format'], hmacKey = ''): Promise<void> {
    const { bridge } = this.session;
    const path =
      format === 'zip'
        ? await bridge.savePath({ title: words.exportTitle, defaultName: `${this.session.project.name}.zip` })
        : await bridge.pickFolder(words.exportTitle);
    if (!path) return;
    this.exportOpen = false;
    await this.long('export', async () => {
      const answer = await this.session.ask('data.export', { format, path, ...(hmacKey && { hmacKey }) });
      this.note = words.exported(answer.files, answer.path, this.session.project.task);
    });
  }

  async cancel(): Promise<void> {
    if (!this.work) return;
    try {
      await this.session.ask(`${this.work.kind}.cancel`);
    } catch (error) {
      this.problem = problemOf(error);
    }
  }

  private async long(kind: Work['kind'], work: () => Promise<void>): Promise<void> {
    if (this.work) return;
    this.problem = undefined;
    this.note = '';
    this.work = { kind, done: 0, total: 0, step: '' };
    try {
      await work();
    } catch (error) {
      if (wasCancelled(error)) this.note = words.cancelled[kind];
      else this.problem = problemOf(error);
    }
    this.work = undefined;
  }

  private async edit(work: () => Promise<ProjectState>): Promise<boolean> {
    this.problem = undefined;
    try {
      this.session.take(await work());
      void this.list.refresh();
      if (this.open) void this.look(this.open.id, true);
      return true;
    } catch (error) {
      this.problem = problemOf(error);
      return false;
    }
  }
}
