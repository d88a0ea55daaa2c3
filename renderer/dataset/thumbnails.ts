/** Small pictures of recordings, kept for as long as there is room: scrolling back must not ask again. */
import type { Session } from '../shell/session.svelte';
import { pixelRaster } from '../ui/plot/raster';

const most = 600;
const kept = new Map<string, Promise<OffscreenCanvas>>();

/** The thumbnail of a picture, at most `size` pixels wide or high. Rejects where the capture is gone. */
export function thumbnailOf(session: Session, id: string, size: number): Promise<OffscreenCanvas> {
  const key = `${session.project.folder}\n${id}\n${size}`;
  const there = kept.get(key);
  if (there) return there;
  const made = session
    .ask('data.thumbnail', { id, size })
    .then(({ width, height, pixels }) => pixelRaster(width, height, 3, pixels));
  kept.set(key, made);
  made.catch(() => kept.delete(key));
  // A Map keeps the order of coming: the oldest goes first.
  if (kept.size > most) for (const oldest of [...kept.keys()].slice(0, kept.size - most)) kept.delete(oldest);
  return made;
}
