/**
 * A long list read page by page, and what is chosen in it. 100,000 rows are no more work than 100: only pages in
 * sight are asked for, and old rows stay until the new ones are there, so that nothing flickers.
 */
import { SvelteSet } from 'svelte/reactivity';
import type { CaptureSummary } from '../../src/dataset/types';
import type { RequestInput } from '../../src/project/contract';
import type { Session } from '../shell/session.svelte';
import { problemOf, type Problem } from '../ui/problem';

export const pageSize = 100;
const allPage = 1000;

export class CaptureList {
  total = $state(0);
  /** The row that keys move from, -1 = none. */
  active = $state(-1);
  readonly chosen = new SvelteSet<string>();
  problem = $state.raw<Problem | undefined>(undefined);
  loaded = $state(false);
  /** Page number -> its rows; replaced whole, never changed. */
  private pages = $state.raw<Readonly<Record<number, readonly CaptureSummary[]>>>({});
  private asked: readonly number[] = [];
  private generation = 0;
  private anchor = -1;

  constructor(
    private readonly session: Session,
    private readonly query: () => RequestInput<'data.list'>['query'],
  ) {}

  row(index: number): CaptureSummary | undefined {
    return this.pages[Math.floor(index / pageSize)]?.[index % pageSize];
  }

  /** Makes sure that the rows are there or on their way. */
  show(first: number, last: number): void {
    for (let page = Math.floor(Math.max(first, 0) / pageSize); page <= Math.floor(last / pageSize); page++)
      if (!this.asked.includes(page)) void this.load(page);
  }

  /** Everything may have changed: asks again for the pages it has. */
  async refresh(toTop = false): Promise<void> {
    this.generation++;
    this.asked = [];
    this.problem = undefined;
    if (!this.session.project.open) {
      this.total = 0;
      this.loaded = false;
      toTop = true;
    }
    const activeId = this.active >= 0 && !toTop ? this.row(this.active)?.id : undefined;
    if (toTop) {
      this.active = -1;
      this.anchor = -1;
      this.chosen.clear();
    }
    const kept = toTop ? [] : Object.keys(this.pages).map(Number);
    if (toTop) this.pages = {};
    if (!this.session.project.open) return;
    const wanted = kept.includes(0) ? kept : [0, ...kept];
    const { generation, total } = this;
    await Promise.all(wanted.map((page) => this.load(page)));
    if (generation === this.generation && activeId !== undefined) this.follow(activeId, this.total < total);
  }

  /**
   * Rows may have moved under the active one. Where it was deleted, the next one takes its place; what has moved out of
   * sight is not worked on unseen.
   */
  private follow(id: string, fewer: boolean): void {
    if (this.row(this.active)?.id === id) return;
    const [found] = Object.entries(this.pages).flatMap(([page, rows]) => {
      const at = rows.findIndex((row) => row.id === id);
      return at < 0 ? [] : [Number(page) * pageSize + at];
    });
    if (found === undefined && fewer && this.total > 0 && this.chosen.size <= 1)
      return this.choose(Math.min(this.active, this.total - 1));
    this.active = found ?? -1;
    this.anchor = this.active;
    if (found === undefined) this.chosen.clear();
  }

  private async load(page: number): Promise<void> {
    this.asked = [...this.asked, page];
    const generation = this.generation;
    try {
      const answer = await this.session.ask('data.list', {
        query: this.query(),
        offset: page * pageSize,
        limit: pageSize,
      });
      if (generation !== this.generation) return;
      this.total = answer.total;
      this.loaded = true;
      this.pages = { ...this.pages, [page]: answer.items };
      if (this.active >= answer.total) this.active = answer.total - 1;
    } catch (error) {
      if (generation === this.generation) this.problem = problemOf(error);
      this.asked = this.asked.filter((one) => one !== page);
    }
  }

  /** Plain click or arrow: only this one. */
  choose(index: number): void {
    const row = this.row(index);
    this.active = index;
    this.anchor = index;
    this.chosen.clear();
    if (row) this.chosen.add(row.id);
  }

  toggle(index: number): void {
    const row = this.row(index);
    if (!row) return;
    this.active = index;
    this.anchor = index;
    if (!this.chosen.delete(row.id)) this.chosen.add(row.id);
  }

  /** From where choosing began to here. */
  extend(index: number): void {
    const from = this.anchor < 0 ? index : this.anchor;
    this.active = index;
    this.chosen.clear();
    for (let i = Math.min(from, index); i <= Math.max(from, index); i++) {
      const row = this.row(i);
      if (row) this.chosen.add(row.id);
    }
  }

  async chooseAll(): Promise<void> {
    const generation = this.generation;
    const ids: string[] = [];
    for (let offset = 0; offset < this.total; offset += allPage) {
      const answer = await this.session.ask('data.list', { query: this.query(), offset, limit: allPage });
      if (generation !== this.generation) return;
      ids.push(...answer.items.map((item) => item.id));
    }
    this.chosen.clear();
    for (const id of ids) this.chosen.add(id);
  }
}
