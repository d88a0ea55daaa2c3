/** The fake's answers about sounds and pictures: words in a take, boxes, thumbnails. */
import type { FakeDormouse, Handlers } from './fake-dormouse';
import { FakeError } from './fake-runs';
import { shownSeed } from './fake-board';
import { drawObject, pictureSize } from './worlds';

export function sensingHandlers(fake: FakeDormouse): Handlers {
  return {
    'live.seen': () => {
      if (fake.device.streaming?.sensor !== 2) return null;
      const { pixels } = drawObject(fake.gesture, shownSeed());
      const side = pictureSize / 2;
      const values = Array.from({ length: side * side }, (_, i) => {
        const at = 3 * (2 * Math.floor(i / side) * pictureSize + 2 * (i % side));
        return (0.3 * pixels[at] + 0.59 * pixels[at + 1] + 0.11 * pixels[at + 2]) / 255;
      });
      return { rows: side, columns: side, channels: 1, values };
    },
    'data.words': ({ id, wordMs = 1000, sensitivity = 0.5 }) => {
      const capture = fake.data.get(id);
      if (!capture) throw new FakeError('That recording is gone.', 'Choose another one.');
      const hop = Math.round(capture.rateHz / 100);
      const level = Array.from({ length: Math.floor(capture.frames / hop) }, (_, i) => {
        const part = capture.values.subarray(i * hop, (i + 1) * hop);
        return Math.sqrt(part.reduce((sum, x) => sum + x * x, 0) / part.length);
      });
      const line = Math.max(...level) * (0.9 - 0.85 * sensitivity);
      const length = Math.round((wordMs / 1000) * capture.rateHz);
      const segments: { start: number; end: number }[] = [];
      level.forEach((x, i) => {
        const start = Math.max(0, i * hop - Math.round(length * 0.25));
        if (x < line || start < (segments.at(-1)?.end ?? 0) || start + length > capture.frames) return;
        segments.push({ start, end: start + length });
      });
      return { segments, level: level.map((x) => 20 * Math.log10(Math.max(x, 1) / 32768)), levelMs: 10 };
    },
    'data.splitWords': ({ id, segments }) => {
      const { label = '', person = '', session = '' } = fake.data.get(id) ?? {};
      const words = segments.map(({ start, end, label: own }) =>
        fake.data.make(own ?? label, { person, session, frames: end - start }),
      );
      return fake.edit(() => fake.data.replace(`cut ${label} into words`, id, words));
    },
    'data.segments': ({ id, segments }) => fake.edit(() => fake.data.update('mark parts', [id], { segments })),
    'data.boxes': ({ id, boxes }) => fake.edit(() => fake.data.update('draw boxes', [id], { boxes })),
    'data.thumbnail': ({ id, size }) => {
      const capture = fake.data.get(id);
      if (!capture) throw new FakeError('That picture is gone.', 'Choose another one.');
      const { pixels } = drawObject(capture.label, Number(id.slice(1)) + 1);
      const side = Math.min(size, pictureSize);
      const small = new Uint8Array(side * side * 3);
      for (let y = 0; y < side; y++)
        for (let x = 0; x < side; x++) {
          const at = Math.floor((y * pictureSize) / side) * pictureSize + Math.floor((x * pictureSize) / side);
          small.set(pixels.subarray(at * 3, at * 3 + 3), (y * side + x) * 3);
        }
      return { width: side, height: side, pixels: small };
    },
  };
}
