/** Recordings in little, kept for as long as there is room: scrolling back must not ask again. */
import type { Outline } from '../../src/project/contract';
import type { Session } from '../shell/session.svelte';
import { pixelRaster } from '../ui/plot/raster';

const most = 600;

/** What was asked for, by its key, the oldest first. */
class Kept<T> {
  private readonly there = new Map<string, Promise<T>>();

  get(key: string, ask: () => Promise<T>): Promise<T> {
    const there = this.there.get(key);
    if (there) return there;
    const made = ask();
    this.there.set(key, made);
    made.catch(() => this.there.delete(key));
    // A Map keeps the order of coming: the oldest goes first.
    const tooMany = Math.max(0, this.there.size - most);
    for (const oldest of [...this.there.keys()].slice(0, tooMany)) this.there.delete(oldest);
    return made;
  }
}

const pictures = new Kept<OffscreenCanvas>();
const outlines = new Kept<Outline>();

/** The thumbnail of a picture, at most `size` pixels wide or high. Rejects where the capture is gone. */
export function thumbnailOf(session: Session, id: string, size: number): Promise<OffscreenCanvas> {
  return pictures.get(`${session.project.folder}\n${id}\n${size}`, () =>
    session
      .ask('data.thumbnail', { id, size })
      .then(({ width, height, pixels }) => pixelRaster(width, height, 3, pixels)),
  );
}

/** A recording in at most `points` frames. Rejects where the capture is gone. */
export function outlineOf(session: Session, id: string, points: number): Promise<Outline> {
  return outlines.get(`${session.project.folder}\n${id}\n${points}`, () => session.ask('data.outline', { id, points }));
}
