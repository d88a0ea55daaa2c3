/**
 * Finds words in a long take by how loud it is: "say it twenty times" becomes twenty pieces. The noise floor is followed
 * along the take, so that a fan or a hum does not count; a word begins where the sound rises clearly above it and ends
 * where it sinks back, and pauses inside a word (before a t or k) do not part it. Decisions are made on energies with
 * + - * / alone, so they are the same on every machine. Knows nothing of what is said.
 */
import { DatasetError } from './errors';
import type { Words } from './types';

export interface WordOptions {
  /** Length of the pieces, around the middle of each word. */
  readonly wordMs?: number | undefined;
  /** 0 = only what is much louder than the background, 1 = all that rises above it. */
  readonly sensitivity?: number | undefined;
}

export const defaultWordMs = 1000;
export const defaultSensitivity = 0.5;

const levelMs = 10;
const fullScale = 32768;
/** Stretches of 10 ms: how far the floor looks to each side, and how many at once must be loud for a word to begin. */
const floorReach = 250;
const leastLoud = 4;
/** Shorter sounds are clicks; pauses up to this long belong to the word. */
const shortestWord = 8;
const longestPause = 22;
/** Factors of energy above the floor at which a word begins, at sensitivity 0, 1/2 and 1: 20, 12 and 6 dB. */
const factors = [100, 16, 4] as const;
/** Energy of one step of a 16-bit sample: below it there is no telling noise from silence. */
const leastFloor = 4;

/** Mean square of each stretch, without its slow part: rumble and offset are no words. */
function energies(values: Float32Array, perStretch: number): Float64Array {
  const count = Math.floor(values.length / perStretch);
  const result = new Float64Array(count);
  // One pole below about 60 Hz at 16 kHz.
  const keep = 0.976;
  let slow = values[0] ?? 0;
  for (let i = 0; i < count; i++) {
    let sum = 0;
    for (let k = i * perStretch; k < (i + 1) * perStretch; k++) {
      slow = slow * keep + values[k] * (1 - keep);
      sum += (values[k] - slow) ** 2;
    }
    result[i] = sum / perStretch;
  }
  return result;
}

/** The quiet fifth of what lies around each stretch; found anew for every half second, in between the nearest counts. */
function floorsOf(energy: Float64Array): Float64Array {
  const floors = new Float64Array(energy.length);
  const every = 50;
  for (let middle = 0; middle < energy.length + every / 2; middle += every) {
    const around = energy.slice(Math.max(0, middle - floorReach), middle + floorReach).sort();
    const floor = Math.max(leastFloor, around[Math.floor(around.length / 5)]);
    floors.fill(floor, Math.max(0, middle - every / 2), middle + every / 2);
  }
  return floors;
}

/** Geometric between the three factors. */
function factorFor(sensitivity: number): number {
  const [low, middle, high] = factors;
  const square = (from: number, to: number, share: number): number => {
    // from * (to / from) ** share for share in quarters and finer, by repeated square roots: no power function.
    let factor = from;
    let ratio = to / from;
    let left = share;
    for (let bit = 0; bit < 20; bit++) {
      if (left >= 1) {
        factor *= ratio;
        left -= 1;
      }
      ratio = Math.sqrt(ratio);
      left *= 2;
    }
    return factor;
  };
  return sensitivity < 0.5 ? square(low, middle, sensitivity * 2) : square(middle, high, sensitivity * 2 - 1);
}

interface Stretch {
  start: number;
  end: number;
}

/** Stretches that are loud, grown to where they sink to a quarter of that, joined over short pauses. */
function loudParts(energy: Float64Array, floors: Float64Array, factor: number): Stretch[] {
  const lower = Math.max(1.6, factor / 4);
  const loud = (i: number): boolean => energy[i] > floors[i] * factor;
  const audible = (i: number): boolean => energy[i] > floors[i] * lower;
  const parts: Stretch[] = [];
  for (let i = 0; i < energy.length; i++) {
    if (!loud(i)) continue;
    let run = 1;
    while (run < leastLoud && i + run < energy.length && loud(i + run)) run++;
    if (run < leastLoud) {
      i += run;
      continue;
    }
    let start = i;
    while (start > 0 && audible(start - 1)) start--;
    let end = i + 1;
    while (end < energy.length && audible(end)) end++;
    const before = parts.at(-1);
    if (before && start - before.end <= longestPause) before.end = end;
    else parts.push({ start, end });
    i = end;
  }
  return parts.filter(({ start, end }) => end - start >= shortestWord);
}

/** The part of a long sound that `length` stretches hold best: a word said right after a cough. */
function loudest(energy: Float64Array, { start, end }: Stretch, length: number): Stretch {
  if (end - start <= length) return { start, end };
  let sum = 0;
  for (let i = start; i < start + length; i++) sum += energy[i];
  let best = { sum, at: start };
  for (let i = start + 1; i + length <= end; i++) {
    sum += energy[i + length - 1] - energy[i - 1];
    if (sum > best.sum) best = { sum, at: i };
  }
  return { start: best.at, end: best.at + length };
}

/**
 * @param values one channel, on the scale of 16-bit samples
 * @throws DatasetError `bad-request` for a length of words that no take can be cut into
 */
export function findWords(values: Float32Array, rateHz: number, options: WordOptions = {}): Words {
  const { wordMs = defaultWordMs, sensitivity = defaultSensitivity } = options;
  if (!(wordMs >= 100 && wordMs <= 10_000 && sensitivity >= 0 && sensitivity <= 1)) {
    const what = `Words of ${wordMs} ms at a sensitivity of ${sensitivity} cannot be looked for.`;
    throw new DatasetError('bad-request', what, 'Choose 100 to 10000 ms, and a sensitivity from 0 to 1.');
  }
  const perStretch = Math.max(1, Math.round((rateHz * levelMs) / 1000));
  const energy = energies(values, perStretch);
  const parts = loudParts(energy, floorsOf(energy), factorFor(sensitivity));
  const length = Math.max(1, Math.round(wordMs / levelMs));
  const words = parts.map((part) => loudest(energy, part, length));
  const segments = words.map((word, i) => {
    const rest = Math.max(0, length - (word.end - word.start));
    // Half of the pause to each neighbour is theirs.
    const left = i === 0 ? 0 : Math.ceil((words[i - 1].end + word.start) / 2);
    const right = i + 1 === words.length ? energy.length : Math.floor((word.end + words[i + 1].start) / 2);
    const start = Math.max(left, Math.min(word.start - (rest >> 1), energy.length - length));
    const end = Math.min(right, Math.max(0, start) + length);
    return { start: Math.max(0, start) * perStretch, end: Math.min(values.length, end * perStretch) };
  });
  const level = Array.from(energy, (mean) => 10 * Math.log10(Math.max(mean, 1e-3) / fullScale ** 2));
  return { segments, level, levelMs };
}
