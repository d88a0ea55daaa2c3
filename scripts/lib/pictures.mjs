/**
 * Pictures of the shared recordings as rows for training: the folders of labels, in the order of their index, cut into
 * those that teach and those that are held out.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** `file,label,...` lines, in their order. */
function indexOf(folder) {
  const [, ...lines] = readFileSync(join(folder, 'index.csv'), 'utf8').trim().split(/\r?\n/);
  return lines.map((line) => line.split(',')).map(([file, label]) => ({ file, label }));
}

/**
 * @param side of the square that each picture becomes, 0 to 255.
 * @param heldOut of each label, so many of the last in the index are not taught but scored.
 * @returns { labels, side, channels, training, testing } with rows { count, x, y }: each channel standardised by its mean
 * and deviation over the training pictures.
 */
export function pictureRows(parts, folder, { side, grey = false, heldOut }) {
  const entries = indexOf(folder);
  const labels = [...new Set(entries.map(({ label }) => label))].sort();
  const channels = grey ? 1 : 3;
  const of = Object.fromEntries(labels.map((label) => [label, entries.filter((entry) => entry.label === label)]));
  const chosen = (from, to) => labels.flatMap((label) => of[label].slice(from(of[label].length), to(of[label].length)));
  const training = rowsOf(
    chosen(
      () => 0,
      (count) => count - heldOut,
    ),
  );
  const testing = rowsOf(
    chosen(
      (count) => count - heldOut,
      (count) => count,
    ),
  );
  const width = side * side * channels;

  function rowsOf(list) {
    const x = new Float32Array(list.length * side * side * channels);
    list.forEach(({ file }, row) => {
      const rgb = parts.resizePicture(parts.decodePicture(readFileSync(join(folder, file))), side, side);
      for (let pixel = 0; pixel < side * side; pixel++) {
        const at = row * side * side * channels + pixel * channels;
        const [r, g, b] = rgb.subarray(pixel * 3, pixel * 3 + 3);
        // Luminance as in ITU-R BT.601.
        if (grey) x[at] = 0.299 * r + 0.587 * g + 0.114 * b;
        else x.set([r, g, b], at);
      }
    });
    return { count: list.length, x, y: Int32Array.from(list, ({ label }) => labels.indexOf(label)) };
  }

  for (let channel = 0; channel < channels; channel++) {
    const values = training.x.filter((_, index) => index % channels === channel);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
    for (const { x } of [training, testing])
      for (let at = channel; at < x.length; at += channels) x[at] = (x[at] - mean) / deviation;
  }
  return { labels, side, channels, width, training, testing };
}
