/**
 * Words as a small microphone hears them, for a machine without one: a voice (glottal pulses and breath) through a
 * mouth (a cascade of four resonances that move from sound to sound) and hisses beside it, after Klatt, "Software for
 * a cascade/parallel formant synthesizer", JASA 67 (1980), much simplified. Persons differ in the length of their vocal
 * tract, pitch, tempo, accent, breath, loudness and room, so that a model of some has to be tested on others.
 *
 * Not speech that a person would mistake for a person's: what it has in common with it is what front ends look at.
 */
import { cosine, exponential, hashText, Random, sine } from '../../base';
import { otherWords, phonemes, wordSounds, type Phoneme } from './phonemes';

/** What does not change about a person who speaks. */
interface Voice {
  /** Multiplies all formants: above 1 for a shorter vocal tract. */
  readonly tract: number;
  readonly pitchHz: number;
  readonly tempo: number;
  readonly loudness: number;
  readonly breath: number;
  /** How far the pitch falls over a word, as a part of it. */
  readonly fall: number;
  /** Darkness of voice and microphone, 0..1: a low-pass of one pole. */
  readonly dark: number;
  /** Sounds of one's own: a factor for each formant of each sound. */
  readonly accent: (sound: string, formant: number) => number;
}

function voiceOf(person: string | number): Voice {
  const random = new Random(hashText(`voice of ${person}`));
  const between = (low: number, high: number): number => low + (high - low) * random.uniform();
  const tract = between(0.92, 1.25);
  return {
    tract,
    // Short vocal tracts mostly go with high voices, but not always.
    pitchHz: between(85, 150) * (tract > 1.08 ? between(1.4, 1.8) : between(0.95, 1.2)),
    tempo: between(0.8, 1.25),
    loudness: between(0.5, 1.4),
    breath: between(0.02, 0.2),
    fall: between(0.05, 0.35),
    dark: between(0.15, 0.6),
    accent: (sound, formant) => 1 + 0.12 * (new Random(hashText(`${person} ${sound} ${formant}`)).uniform() - 0.5),
  };
}

/** Two poles at `hz` of width `width`, unity at 0 Hz (Klatt 1980, equation 1). */
class Resonance {
  private a = 1;
  private b = 0;
  private c = 0;
  private y1 = 0;
  private y2 = 0;

  tune(hz: number, width: number, rateHz: number): void {
    const radius = exponential((-Math.PI * width) / rateHz);
    this.c = -radius * radius;
    this.b = 2 * radius * cosine(Math.min(hz, 0.48 * rateHz) / rateHz);
    this.a = 1 - this.b - this.c;
  }

  pass(x: number): number {
    const y = this.a * x + this.b * this.y1 + this.c * this.y2;
    this.y2 = this.y1;
    this.y1 = y;
    return y;
  }
}

/** A band of noise: a resonance without its part at 0 Hz, scaled so that its loudness does not depend on its width. */
class Band {
  private readonly resonance = new Resonance();
  private before = 0;
  private scale = 1;

  tune(centre: number, width: number, rateHz: number): void {
    const hz = Math.min(centre, 0.42 * rateHz);
    this.resonance.tune(hz, width, rateHz);
    const gain = sine(0.5 * (hz / rateHz)) * 2;
    this.scale = (width / rateHz) * 5 * (1 / Math.max(0.1, gain));
  }

  pass(x: number): number {
    const y = this.resonance.pass(x);
    const high = y - this.before;
    this.before = y;
    return high * this.scale;
  }
}

interface Segment extends Phoneme {
  readonly seconds: number;
  readonly targets: readonly number[];
}

const neutral = [500, 1500, 2500];

/** The sounds of a word as this person says it on this occasion. */
function segmentsOf(sounds: string, voice: Voice, occasion: Random): Segment[] {
  let targets = neutral;
  const pace = voice.tempo * (1 + 0.2 * (occasion.uniform() - 0.5));
  return sounds.split(' ').map((name) => {
    const phoneme = phonemes[name];
    if (phoneme.formants)
      targets = phoneme.formants.map(
        (hz, i) => hz * voice.tract * voice.accent(name, i) * (1 + 0.06 * (occasion.uniform() - 0.5)),
      );
    const seconds = (phoneme.length / 1000 / pace) * (1 + 0.25 * (occasion.uniform() - 0.5));
    return { ...phoneme, seconds, targets };
  });
}

/** Moves the mouth; how often its resonances are set anew. */
const stepSeconds = 0.002;
const glideSeconds = 0.025;

class Speaker {
  private readonly mouth = [new Resonance(), new Resonance(), new Resonance(), new Resonance()];
  private readonly band = new Band();
  private readonly formants: number[];
  private phase = 0;
  private voiceLevel = 0;
  private hissLevel = 0;
  private breathLevel = 0;
  private dull = 0;

  constructor(
    private readonly voice: Voice,
    private readonly noise: Random,
    private readonly rateHz: number,
    start: readonly number[],
  ) {
    this.formants = [...start];
  }

  /** Brings formants and loudnesses one step nearer to those of the sound. */
  approach(segment: Segment, closed: boolean): void {
    const { rateHz, voice } = this;
    const part = Math.min(1, stepSeconds / glideSeconds);
    const fast = Math.min(1, stepSeconds / 0.006);
    const open = closed ? 0 : 1;
    const voiced = closed ? segment.voice : segment.closedMs === undefined ? segment.voice : 0;
    this.voiceLevel += (voiced - this.voiceLevel) * Math.min(1, stepSeconds / 0.012);
    this.hissLevel += ((segment.hiss?.level ?? 0) * open - this.hissLevel) * fast;
    this.breathLevel += ((segment.breath ?? 0) * open - this.breathLevel) * fast;
    const shut = closed ? 0.45 : 1;
    for (let i = 0; i < 3; i++) {
      this.formants[i] += (segment.targets[i] * (i === 0 ? shut : 1) - this.formants[i]) * part;
      this.mouth[i].tune(this.formants[i], 60 + 40 * i + 0.02 * this.formants[i], rateHz);
    }
    this.mouth[3].tune(3500 * voice.tract, 250, rateHz);
    if (segment.hiss) this.band.tune(segment.hiss.centre * (0.85 + 0.15 * voice.tract), segment.hiss.width, rateHz);
  }

  /** One sample of about -1 to 1. */
  next(pitchHz: number): number {
    this.phase += pitchHz / this.rateHz;
    if (this.phase >= 1) this.phase -= 1;
    // Rosenberg's pulse (1971), type B, and its slope: opens for 0.4 of a period, closes in 0.16.
    const t = this.phase;
    const flow =
      t < 0.4 ? 6 * (t / 0.4) * (1 - t / 0.4) * 0.4 : t < 0.56 ? -2.5 * ((t - 0.4) / 0.16) * (1 - 0.3 * (t - 0.4)) : 0;
    const air = 2 * this.noise.uniform() - 1;
    const source = flow * this.voiceLevel + air * (this.voice.breath * this.voiceLevel + this.breathLevel);
    let sound = source;
    for (const resonance of this.mouth) sound = resonance.pass(sound);
    const mixed = 0.28 * sound + this.band.pass(air) * this.hissLevel;
    this.dull += (mixed - this.dull) * (1 - this.voice.dark);
    return this.dull;
  }
}

function soundsOf(word: string, occasion: Random): string {
  return wordSounds[word] ?? otherWords[occasion.below(otherWords.length)];
}

/**
 * One word, 0.25 to 0.9 s, from its first sound to the end of its echo, as int16 counts. `word` is one of `wordNames`
 * but 'background'; any other text is one of the words that are nobody's label, chosen by the seed. The same arguments
 * give the same samples on every machine; another `seed` is another try of the same person.
 */
export function generateWord(word: string, person: string | number, seed: number, rateHz: number): Int16Array {
  const occasion = new Random(hashText(`${person} says ${word} at ${seed}`));
  const voice = voiceOf(person);
  const segments = segmentsOf(soundsOf(word, occasion), voice, occasion);
  const noise = new Random(hashText(`breath ${person} ${word} ${seed}`));
  const speaker = new Speaker(voice, noise, rateHz, segments[0].targets);
  const total = segments.reduce((sum, segment) => sum + segment.seconds, 0);
  const tail = Math.round(0.09 * rateHz);
  const values = new Float64Array(Math.round(total * rateHz) + tail);
  const pitch = voice.pitchHz * (1 + 0.16 * (occasion.uniform() - 0.5));
  const step = Math.max(1, Math.round(stepSeconds * rateHz));
  const silence: Segment = { length: 0, voice: 0, seconds: 1, targets: segments[segments.length - 1].targets };
  let current = 0;
  let began = 0;
  for (let i = 0; i < values.length; i++) {
    const seconds = i / rateHz;
    while (current < segments.length && seconds - began >= segments[current].seconds)
      began += segments[current++].seconds;
    const segment = segments[current] ?? silence;
    if (i % step === 0) {
      const closedFor = ((segment.closedMs ?? 0) / segment.length) * segment.seconds;
      speaker.approach(segment, segment.closedMs !== undefined && seconds - began < closedFor);
    }
    const wobble = 1 + 0.015 * sine(5.3 * seconds);
    values[i] = speaker.next(pitch * wobble * (1 - (voice.fall * seconds) / total));
  }
  return heard(values, person, voice, occasion, rateHz);
}

/** Distance, loudness and the echoes of the person's room; to int16 with a ceiling that loud people touch. */
function heard(
  values: Float64Array,
  person: string | number,
  voice: Voice,
  occasion: Random,
  rateHz: number,
): Int16Array {
  const room = new Random(hashText(`room of ${person}`));
  const echoes = [1, 2, 3].map((n) => ({
    delay: Math.round((0.006 * n + 0.022 * room.uniform() * n) * rateHz),
    level: (0.32 * room.uniform()) / n,
  }));
  let peak = 0;
  for (const value of values) peak = Math.max(peak, Math.abs(value));
  const gain = (9000 * voice.loudness * (0.7 + 0.6 * occasion.uniform())) / Math.max(peak, 1e-9);
  return Int16Array.from(values, (value, i) => {
    let sum = value;
    for (const { delay, level } of echoes) if (i >= delay) sum += level * values[i - delay];
    return Math.max(-32768, Math.min(32767, Math.round(gain * sum)));
  });
}
