/**
 * From many samples to the few that a screen can show, losing no peak: the smallest and largest value per pixel
 * column. Pure arithmetic on interleaved values.
 */

/**
 * Columns `0..columns-1` cover the frames `from..to` (exclusive; may be fractional or lie outside `0..frames`).
 * Writes [min, max] per column into `out` (2 * columns values), NaN where a column holds no finite value.
 */
export function minMaxColumns(
  values: Float32Array,
  axes: number,
  axis: number,
  from: number,
  to: number,
  columns: number,
  out: Float32Array,
): void {
  const frames = Math.floor(values.length / axes);
  const perColumn = (to - from) / columns;
  for (let c = 0; c < columns; c++) {
    const first = Math.max(0, Math.ceil(from + c * perColumn));
    const last = Math.min(frames, Math.ceil(from + (c + 1) * perColumn));
    let low = Infinity;
    let high = -Infinity;
    for (let i = first * axes + axis, end = last * axes; i < end; i += axes) {
      const x = values[i];
      if (x < low) low = x;
      if (x > high) high = x;
    }
    out[2 * c] = low === Infinity ? NaN : low;
    out[2 * c + 1] = high === -Infinity ? NaN : high;
  }
}

/** Smallest and largest finite value of some axes over a range of frames; undefined where there is none. */
export function extent(
  values: Float32Array,
  axes: number,
  wanted: readonly number[],
  from = 0,
  to = Math.floor(values.length / axes),
): { low: number; high: number } | undefined {
  let low = Infinity;
  let high = -Infinity;
  for (const axis of wanted) {
    for (let i = from * axes + axis, end = to * axes; i < end; i += axes) {
      const x = values[i];
      if (x < low) low = x;
      if (x > high) high = x;
    }
  }
  return low > high ? undefined : { low, high };
}

/** Round tick positions inside [low, high], about `wanted` of them, each a multiple of 1, 2 or 5 times a power of ten. */
export function ticks(low: number, high: number, wanted: number): number[] {
  const width = high - low;
  if (!(width > 0) || !Number.isFinite(width) || wanted < 1) return [];
  const rough = width / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((m) => m * power).find((s) => s >= rough * 0.999) ?? 10 * power;
  const result: number[] = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + step * 1e-9; k++) result.push(k * step || 0);
  return result;
}

/** Widens a range to calm limits, so that a live scale moves seldom: to the next tick with some air, at least `least` wide. */
export function calmRange(low: number, high: number, least = 1e-6): { low: number; high: number } {
  const width = Math.max(high - low, least);
  const air = width * 0.06;
  const middle = (low + high) / 2;
  return { low: Math.min(low, middle - width / 2) - air, high: Math.max(high, middle + width / 2) + air };
}
