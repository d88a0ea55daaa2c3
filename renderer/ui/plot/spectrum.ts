/**
 * How strong each frequency is over time, for plots of sound only: what a model sees comes from the core. One column is
 * a Hann-windowed Fourier transform in decibels below full scale, packed into a byte. Pure.
 */

/** Samples per column; 512 at 16 kHz is 32 ms, 31 Hz a row. */
export const columnSamples = 512;
/** Rows of a column, lowest frequency first. */
export const columnRows = columnSamples / 2;
/** What the darkest and the strongest colour stand for, in decibels below full scale. */
export const quietestDb = -96;
export const loudestDb = -16;

const hann = Float32Array.from(
  { length: columnSamples },
  (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / columnSamples),
);
const cosines = Float32Array.from({ length: columnSamples / 2 }, (_, i) => Math.cos((2 * Math.PI * i) / columnSamples));
const sines = Float32Array.from({ length: columnSamples / 2 }, (_, i) => -Math.sin((2 * Math.PI * i) / columnSamples));
const bits = Math.log2(columnSamples);
const reversed = Uint16Array.from({ length: columnSamples }, (_, i) => {
  let r = 0;
  for (let b = 0; b < bits; b++) r |= ((i >> b) & 1) << (bits - 1 - b);
  return r;
});
const re = new Float32Array(columnSamples);
const im = new Float32Array(columnSamples);

/** In place on `re` and `im`, whose input was put in bit-reversed order: the textbook radix-2 transform. */
function transform(): void {
  for (let size = 2; size <= columnSamples; size *= 2) {
    const half = size / 2;
    const step = columnSamples / size;
    for (let start = 0; start < columnSamples; start += size) {
      for (let k = 0; k < half; k++) {
        const c = cosines[k * step];
        const s = sines[k * step];
        const a = start + k;
        const b = a + half;
        const x = re[b] * c - im[b] * s;
        const y = re[b] * s + im[b] * c;
        re[b] = re[a] - x;
        im[b] = im[a] - y;
        re[a] += x;
        im[a] += y;
      }
    }
  }
}

/**
 * Writes columnRows bytes (1 = quietestDb or less, 255 = loudestDb or more) for the samples around `at` of 16-bit sound
 * kept as floats. Where a sample is missing (NaN) the whole column is 0, which no sound is.
 */
export function spectrumColumn(values: Float32Array, at: number, out: Uint8Array, offset = 0): void {
  const first = Math.round(at) - columnSamples / 2;
  for (let i = 0; i < columnSamples; i++) {
    const from = first + i;
    const x = from < 0 || from >= values.length ? 0 : values[from];
    if (Number.isNaN(x)) {
      out.fill(0, offset, offset + columnRows);
      return;
    }
    re[reversed[i]] = x * hann[i];
    im[reversed[i]] = 0;
  }
  transform();
  // A sine of full scale has a bin of half the window's sum: a quarter of its length.
  const full = 32768 * columnSamples * 0.25;
  const scale = 254 / (loudestDb - quietestDb);
  for (let k = 0; k < columnRows; k++) {
    const power = (re[k] * re[k] + im[k] * im[k]) / (full * full);
    const db = 10 * Math.log10(power + 1e-12);
    out[offset + k] = 1 + Math.round(Math.min(Math.max((db - quietestDb) * scale, 0), 254));
  }
}

/** A still picture of a recording: `columns` columns over its whole length, each columnRows high, one after another. */
export function spectrumOf(values: Float32Array, columns: number): Uint8Array {
  const out = new Uint8Array(columns * columnRows);
  for (let c = 0; c < columns; c++) spectrumColumn(values, ((c + 0.5) / columns) * values.length, out, c * columnRows);
  return out;
}
