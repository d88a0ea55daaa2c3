/** In which order recordings are replayed, so that one cut makes two halves alike. Knows nothing of models. */
import type { CaptureSummary } from '../dataset';
import type { Happening } from '../live';

export interface ReplayOrder {
  readonly captures: readonly CaptureSummary[];
  /** The first so many are the first half; undefined where one recording is most of it all, and is cut itself. */
  readonly first: number | undefined;
}

/** A border between recordings this far into all of it still makes halves. */
const leastShare = 1 / 3;

const lasts = ({ frames, rateHz }: CaptureSummary): number => frames / rateHz;

/** Each label's recordings dealt out evenly by their lengths, longest first; the longest of all lie in the middle. */
export function inHalves(captures: readonly CaptureSummary[]): ReplayOrder {
  const halves = [0, 1].map(() => ({ list: [] as CaptureSummary[], seconds: 0 }));
  for (const label of new Set(captures.map((capture) => capture.label))) {
    const own = [0, 0];
    const alike = captures.filter((capture) => capture.label === label).sort((a, b) => lasts(b) - lasts(a));
    for (const capture of alike) {
      const behind = own[0] - own[1] || halves[0].seconds - halves[1].seconds;
      const half = behind <= 0 ? 0 : 1;
      own[half] += lasts(capture);
      halves[half].seconds += lasts(capture);
      halves[half].list.push(capture);
    }
  }
  const [first, second] = halves.map(({ list }) => list.sort((a, b) => lasts(a) - lasts(b)));
  const share = halves[0].seconds / (halves[0].seconds + halves[1].seconds);
  const even = share >= leastShare && share <= 1 - leastShare;
  return { captures: [...first, ...second.reverse()], first: even ? first.length : undefined };
}

/** Near `at`, where nothing happens that a cut would cut in two. */
export function quietMoment(truth: readonly Happening[], at: number, tolerance: number, seconds: number): number {
  let moment = at;
  for (const { start, end } of [...truth].sort((a, b) => a.start - b.start))
    if (start - tolerance < moment && end + tolerance > moment) moment = end + tolerance;
  return moment < seconds * (1 - leastShare) ? moment : at;
}
