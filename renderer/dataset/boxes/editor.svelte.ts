/** The boxes of the picture in sight: drawn at once, stored a moment later, so that a row of key presses is one edit. */
import type { Box, Capture } from '../../../src/dataset/types';
import type { Session } from '../../shell/session.svelte';
import { problemOf, type Problem } from '../../ui/problem';
import { same } from './boxes';

const settleMs = 350;

export class BoxEditor {
  boxes = $state.raw<readonly Box[]>([]);
  /** What the next box is called. */
  label = $state('');
  problem = $state.raw<Problem | undefined>(undefined);
  private id = '';
  private stored: readonly Box[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly session: Session) {}

  /** The picture in sight, or what became of it (an undo, an import). Edits under way are not overwritten. */
  follow(capture: Capture): void {
    if (capture.id !== this.id) {
      void this.store();
      this.id = capture.id;
      this.stored = capture.boxes;
      this.boxes = capture.boxes;
      this.problem = undefined;
      const own = capture.boxes.at(0)?.label ?? (capture.label === 'background' ? '' : capture.label);
      if (own) this.label = own;
    } else if (this.timer === undefined && !same(capture.boxes, this.stored)) {
      this.stored = capture.boxes;
      this.boxes = capture.boxes;
    }
  }

  change(boxes: readonly Box[], now = false): void {
    this.boxes = boxes;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.store(), now ? 0 : settleMs);
  }

  async store(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const { id, boxes } = this;
    if (!id || same(boxes, this.stored)) return;
    const before = this.stored;
    this.stored = boxes;
    try {
      this.session.take(await this.session.ask('data.boxes', { id, boxes: boxes.map((box) => ({ ...box })) }));
      this.problem = undefined;
    } catch (error) {
      this.problem = problemOf(error);
      if (this.id === id) {
        this.stored = before;
        this.boxes = before;
      }
    }
  }
}
