/**
 * What a microphone hears while nobody speaks to it: the hiss of its own electronics, and rooms with fans, mains hum,
 * dishes, engines, rain or far voices in them. Endless, with the same samples everywhere for the same seed.
 */
import { hashText, Random, sine } from '../../base';
import { generateWord } from './words';

type Noise = (seconds: number) => number;

function pink(random: Random, dark: number): Noise {
  let slow = 0;
  return () => (slow += (2 * random.uniform() - 1 - slow) * dark);
}

function fan(random: Random): Noise {
  const hz = 12 + 20 * random.uniform();
  const air = pink(random, 0.12 + 0.2 * random.uniform());
  return (t) => 3 * air(t) * (1 + 0.3 * sine(hz * t)) + 0.15 * sine(hz * 7 * t);
}

function hum(random: Random): Noise {
  const hz = random.uniform() < 0.5 ? 50 : 60;
  const parts = [1, 2, 3, 5, 7, 9].map((n) => ({ n, size: random.uniform() / n, phase: random.uniform() }));
  return (t) => parts.reduce((sum, { n, size, phase }) => sum + size * sine(n * hz * t + phase), 0);
}

function engine(random: Random): Noise {
  const hz = 22 + 30 * random.uniform();
  const rough = pink(random, 0.3);
  return (t) => {
    const turn = hz * t + 0.8 * sine(0.23 * t);
    return 0.5 * sine(turn) + 0.4 * sine(2 * turn + 0.2) + 0.3 * sine(3.5 * turn) + (0.7 + 0.5 * sine(turn)) * rough(t);
  };
}

/** Things that knock and ring: each knock a resonance of its own that dies away. */
function clatter(random: Random, rateHz: number): Noise {
  let left = 0;
  let age = 0;
  let hz = 1000;
  let decay = 0.999;
  let size = 0;
  return () => {
    if (left-- <= 0) {
      left = Math.round(rateHz * (0.03 + 0.5 * random.uniform() * random.uniform()));
      hz = 300 + 3500 * random.uniform();
      decay = 1 - (0.5 + 3 * random.uniform()) / (0.05 * rateHz);
      size = 0.4 + 1.6 * random.uniform() * random.uniform();
      age = 0;
    }
    size *= decay;
    return size * (sine((hz * age) / rateHz) + 0.5 * sine((2.76 * hz * age++) / rateHz));
  };
}

function rain(random: Random): Noise {
  const drops = pink(random, 0.7);
  let drop = 0;
  return (t) => {
    if (random.uniform() < 0.004) drop = random.uniform();
    drop *= 0.97;
    return 0.5 * drops(t) + drop * (2 * random.uniform() - 1);
  };
}

interface FarSpeaker {
  readonly person: string;
  words: Int16Array;
  at: number;
  dull: number;
}

/** Several people who speak somewhere else, at once: nothing of it is said to this microphone. */
function babble(random: Random, rateHz: number): Noise {
  const speakers = [0, 1, 2].map((): FarSpeaker => {
    const person = `far ${random.below(1000)}`;
    return { person, words: new Int16Array(0), at: Math.round(-rateHz * random.uniform()), dull: 0 };
  });
  return () => {
    let sum = 0;
    for (const speaker of speakers) {
      if (speaker.at >= speaker.words.length) {
        speaker.words = generateWord('other', speaker.person, random.below(1e6), rateHz);
        speaker.at = Math.round(-rateHz * 0.3 * random.uniform());
      }
      const value = speaker.at >= 0 ? speaker.words[speaker.at] / 9000 : 0;
      speaker.at++;
      speaker.dull += (value - speaker.dull) * 0.25;
      sum += speaker.dull;
    }
    return 1.5 * sum;
  };
}

const makers = [fan, hum, engine, clatter, rain, babble];
export const noiseKinds = makers.length;

/** One kind of noise, about -1 to 1, called for each sample in turn. `kind` counts round the kinds. */
export function makeNoise(kind: number, seed: number, rateHz: number): Noise {
  return makers[kind % makers.length](new Random(hashText(`noise ${kind % makers.length} at ${seed}`)), rateHz);
}

/** The quiet of one person's room: never silent, never the same twice. */
export function roomNoise(person: string | number, seed: number, rateHz: number): Noise {
  const room = new Random(hashText(`quiet of ${person}`));
  const level = 15 + 110 * room.uniform() * room.uniform();
  const own = makeNoise(room.below(3), hashText(`${person}`), rateHz);
  const hiss = new Random(hashText(`hiss ${person} ${seed}`));
  return (t) => level * (own(t) + 0.5 * (hiss.uniform() + hiss.uniform() - 1));
}
