/** Sounds of any rate and number of channels, as the project's microphone would have sent them; places move along. */
import { asMicrophone } from '../resample';
import { wavAxes } from '../store';
import type { CaptureNotes, Gap, Segment } from '../types';
import type { Found } from './found';

type Places = Partial<Pick<CaptureNotes, 'gaps' | 'segments' | 'trim'>>;

/** Slower sounds hold no speech, and a filter for them would be endless. */
const slowestHz = 1000;

/** One channel at `rateHz`, in whole 16-bit numbers; what is no sound, or too slow for one, stays as it is. */
export function asProjectSound(found: Found, rateHz: number | undefined): Found {
  const from = Math.round(found.rateHz);
  const channels = found.axes.length;
  if (rateHz === undefined || found.kind !== 'audio' || from < slowestHz) return found;
  if (found.values.some((value) => !Number.isFinite(value))) return found;
  const values = asMicrophone(found.values, channels, from, rateHz);
  const factor = rateHz / from;
  return { ...found, values, axes: wavAxes(1), rateHz, ...placesAt(found, factor, values.length) };
}

/** What is said in frames of a recording, in frames of the recording that is `factor` times as fine. */
export function placesAt(places: Places, factor: number, frames: number): Places {
  if (factor === 1) return {};
  const at = (frame: number): number => Math.min(frames, Math.max(0, Math.round(frame * factor)));
  const gap = ({ at: frame, lost }: Gap): Gap => ({ at: at(frame), lost: Math.max(1, Math.round(lost * factor)) });
  const segment = ({ start, end, label }: Segment): Segment => ({ start: at(start), end: at(end), label });
  return {
    ...(places.gaps ? { gaps: places.gaps.map(gap) } : {}),
    ...(places.segments ? { segments: places.segments.map(segment) } : {}),
    ...(places.trim ? { trim: { start: at(places.trim.start), end: at(places.trim.end) } } : {}),
  };
}
