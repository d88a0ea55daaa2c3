/** What the sides of a picture of sound say: seconds along, and per row a frequency or the number of a coefficient. Pure. */
import type { DspKind } from '../../src/core/types';
import { ticks } from '../ui/plot/decimate';
import { rate } from '../ui/format';

export interface Tick {
  /** 0 at the bottom to 1 at the top. */
  readonly at: number;
  readonly text: string;
}

const toMel = (hz: number): number => 2595 * Math.log10(1 + hz / 700);

/** Where frequencies lie that a person reads: evenly on a spectrogram, by the mel scale on filter bands. */
export function rowTicks(
  kind: DspKind,
  bins: number,
  rateHz: number,
  params: Readonly<Record<string, number>>,
): readonly Tick[] {
  const top = rateHz / 2;
  if (kind === 'spectrogram')
    return ticks(0, top, 4).map((hz) => ({ at: hz / top, text: hz === 0 ? '0 Hz' : rate(hz) }));
  if (kind === 'mfe') {
    const low = params['low-frequency'] ?? 0;
    const high = params['high-frequency'] || top;
    const [a, b] = [toMel(low), toMel(high)];
    return [0, 250, 500, 1000, 2000, 4000, 8000]
      .filter((hz) => hz >= low && hz <= high)
      .map((hz) => ({ at: (toMel(hz) - a) / (b - a), text: hz === 0 ? '0 Hz' : rate(hz) }));
  }
  return ticks(0, Math.max(bins - 1, 1), 5)
    .filter((i) => Number.isInteger(i))
    .map((i) => ({ at: (i + 0.5) / bins, text: String(i) }));
}
