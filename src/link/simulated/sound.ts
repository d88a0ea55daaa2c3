/**
 * What a simulated microphone hears, without end: somebody who says one word every second or two in a room that is
 * never silent, or a room in which nobody speaks. Knows no board; makes raw int16 counts in order.
 */
import { hashText, Random } from '../../base';
import { makeNoise, noiseKinds, roomNoise } from './noises';
import { generateWord } from './words';

/** From the start of a play to its first word: what a recording of one second that begins meanwhile holds whole. */
const firstWord = { from: 0.3, to: 0.42 };
const pause = { from: 0.75, to: 1.4 };

export class HeardSound {
  private readonly occasion: Random;
  private readonly quiet: (seconds: number) => number;
  private readonly noise: ((seconds: number) => number) | undefined;
  private readonly noiseLevel: number;
  private word: Int16Array = new Int16Array(0);
  private wordAt: number;
  private said = 0;
  private at = 0;

  constructor(
    private readonly name: string,
    private readonly person: string | number,
    private readonly seed: number,
    private readonly rateHz: number,
  ) {
    this.occasion = new Random(hashText(`${person} is heard: ${name} at ${seed}`));
    this.quiet = roomNoise(person, seed, rateHz);
    if (name === 'background') this.noise = makeNoise(seed, hashText(`${person} ${seed}`), rateHz);
    this.noiseLevel = 250 + 2600 * this.occasion.uniform() * this.occasion.uniform();
    this.wordAt = this.wait(firstWord);
  }

  next(count: number): Int16Array {
    const out = new Int16Array(count);
    for (let i = 0; i < count; i++, this.at++) {
      const seconds = this.at / this.rateHz;
      let value = this.quiet(seconds);
      if (this.noise) value += this.noiseLevel * this.noise(seconds);
      else value += this.spoken();
      out[i] = Math.max(-32768, Math.min(32767, Math.round(value)));
    }
    return out;
  }

  private spoken(): number {
    if (this.at < this.wordAt) return 0;
    if (this.word.length === 0)
      this.word = generateWord(this.name, this.person, hashText(`${this.seed} ${this.said++}`), this.rateHz);
    const value = this.word[this.at - this.wordAt];
    if (this.at - this.wordAt + 1 >= this.word.length) {
      this.word = new Int16Array(0);
      this.wordAt = this.at + 1 + this.wait(pause);
    }
    return value;
  }

  private wait({ from, to }: { from: number; to: number }): number {
    return Math.round((from + (to - from) * this.occasion.uniform()) * this.rateHz);
  }
}

/** `seconds` of it: for tests and for whoever wants a recording without a board. */
export function generateSound(
  name: string,
  person: string | number,
  seed: number,
  seconds: number,
  rateHz: number,
): Int16Array {
  return new HeardSound(name, person, seed, rateHz).next(Math.round(seconds * rateHz));
}

export { noiseKinds };
