/** Numbers as people read them: they say what they count, and never jump in width. Pure. */

export function count(n: number, one: string, many = `${one}s`): string {
  return `${whole(n)} ${n === 1 ? one : many}`;
}

/** 12345 -> "12 345" with a thin no-break space. */
export function whole(n: number): string {
  return Math.round(n)
    .toString()
    .replace(/\B(?=(\d{3})+(?!\d))/g, '\u202f');
}

/** 0.9724 -> "97.2 %"; whole percents from 10 where `digits` is 0. */
export function percent(part: number, digits = 1): string {
  if (!Number.isFinite(part)) return '–';
  return `${(part * 100).toFixed(digits)}\u00a0%`;
}

export function bytes(n: number): string {
  if (n < 1024) return `${Math.round(n)}\u00a0B`;
  const kib = n / 1024;
  if (kib < 1024) return `${kib < 100 ? kib.toFixed(1) : Math.round(kib)}\u00a0KB`;
  return `${(kib / 1024).toFixed(kib < 102400 ? 1 : 0)}\u00a0MB`;
}

/** A short span: "850 ms", "2.4 s", "3 min 05 s", "1 h 12 min". */
export function span(seconds: number): string {
  if (!Number.isFinite(seconds)) return '–';
  if (seconds < 1) return `${Math.round(seconds * 1000)}\u00a0ms`;
  if (seconds < 60) return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)}\u00a0s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}\u00a0min ${String(Math.floor(seconds % 60)).padStart(2, '0')}\u00a0s`;
  return `${Math.floor(minutes / 60)}\u00a0h ${String(minutes % 60).padStart(2, '0')}\u00a0min`;
}

/** "16 kHz", "99.7 Hz". */
export function rate(hz: number): string {
  if (!Number.isFinite(hz)) return '–';
  if (hz >= 1000) return `${trimZeros((hz / 1000).toFixed(2))}\u00a0kHz`;
  return `${trimZeros(hz.toFixed(hz < 100 ? 1 : 0))}\u00a0Hz`;
}

export function micros(us: number): string {
  if (us < 1000) return `${Math.round(us)}\u00a0µs`;
  return `${(us / 1000).toFixed(us < 10_000 ? 2 : 1)}\u00a0ms`;
}

export function millis(ms: number): string {
  return micros(ms * 1000);
}

/** A measured value with about three figures that carry meaning. */
export function value(x: number): string {
  if (!Number.isFinite(x)) return '–';
  const size = Math.abs(x);
  if (size === 0) return '0';
  if (size >= 1e5 || size < 1e-3) return x.toExponential(1);
  return trimZeros(x.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3));
}

/** "m/s2" -> "m/s²", "deg/s" -> "°/s", "N/A" -> "". */
export function units(text: string): string {
  if (text === 'N/A' || text === 'wav') return '';
  return text.replace('m/s2', 'm/s²').replace('deg/s', '°/s').replace('uT', 'µT');
}

export function day(iso: string): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return '–';
  return date.toLocaleString(undefined, { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });
}

function trimZeros(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}
