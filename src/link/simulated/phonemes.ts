/**
 * The speech sounds that the simulated speakers know, and the words made of them. Formants of vowels are the means of
 * 33 men in Peterson and Barney, "Control methods used in a study of the vowels", JASA 24 (1952); those of glides and
 * the bands of bursts and hisses are textbook values (Stevens, "Acoustic Phonetics", 1998), rounded. Knows no speaker.
 */

export interface Phoneme {
  /** First three formants in Hz; where there are none the mouth stays as it was. */
  readonly formants?: readonly [number, number, number];
  /** Milliseconds at an ordinary pace. */
  readonly length: number;
  /** Loudness of the voice, 0..1. */
  readonly voice: number;
  /** Loudness of air that hisses at a narrowing, 0..1, in a band around `centre` Hz of `width` Hz. */
  readonly hiss?: { readonly level: number; readonly centre: number; readonly width: number };
  /** Loudness of breath through the whole mouth, 0..1. */
  readonly breath?: number;
  /** The mouth is closed for this long, then bursts open; the rest of `length` is the burst. */
  readonly closedMs?: number;
}

const vowel = (a: number, b: number, c: number, length = 150): Phoneme => ({ formants: [a, b, c], length, voice: 1 });
const glide = (a: number, b: number, c: number, voice: number, length = 75): Phoneme => ({
  formants: [a, b, c],
  length,
  voice,
});
const burst = (centre: number, width: number, level: number, voice: number, closedMs = 60): Phoneme => ({
  length: closedMs + 25,
  voice,
  closedMs,
  hiss: { level, centre, width },
});

export const phonemes: Readonly<Record<string, Phoneme>> = {
  IY: vowel(270, 2290, 3010),
  IH: vowel(390, 1990, 2550, 110),
  EH: vowel(530, 1840, 2480),
  AE: vowel(660, 1720, 2410, 170),
  AA: vowel(730, 1090, 2440, 170),
  AO: vowel(570, 840, 2410, 160),
  UH: vowel(440, 1020, 2240, 110),
  UW: vowel(300, 870, 2240),
  AH: vowel(640, 1190, 2390, 120),
  ER: vowel(490, 1350, 1690),
  O: vowel(500, 900, 2400, 120),
  Y: glide(280, 2250, 2900, 0.7),
  W: glide(290, 610, 2150, 0.7),
  L: glide(360, 1300, 2700, 0.6),
  R: glide(310, 1060, 1380, 0.6),
  N: glide(280, 1700, 2600, 0.35, 85),
  M: glide(280, 1000, 2200, 0.35, 85),
  S: { length: 140, voice: 0, hiss: { level: 0.3, centre: 6000, width: 2600 } },
  Z: { length: 110, voice: 0.3, hiss: { level: 0.2, centre: 5800, width: 2600 } },
  SH: { length: 140, voice: 0, hiss: { level: 0.32, centre: 3200, width: 1700 } },
  F: { length: 120, voice: 0, hiss: { level: 0.08, centre: 4600, width: 4500 } },
  TH: { length: 110, voice: 0, hiss: { level: 0.06, centre: 5200, width: 4500 } },
  V: { length: 80, voice: 0.35, hiss: { level: 0.04, centre: 4400, width: 4500 } },
  HH: { length: 80, voice: 0, breath: 0.25 },
  P: burst(900, 900, 0.3, 0),
  T: burst(4200, 2200, 0.4, 0),
  K: burst(2000, 900, 0.4, 0),
  B: burst(700, 700, 0.25, 0.18, 50),
  D: burst(3600, 2000, 0.3, 0.18, 45),
  G: burst(1900, 900, 0.3, 0.18, 50),
};

/** What the simulated board can be told to hear; each is a label. */
export const wordNames = ['yes', 'no', 'stop', 'go', 'unknown', 'background'] as const;
export type WordName = (typeof wordNames)[number];

export const wordSounds: Readonly<Record<string, string>> = {
  yes: 'Y EH S',
  no: 'N O UH',
  stop: 'S T AA P',
  go: 'G O UH',
};

/** Ordinary other words: what is none of the above, and may sound alike. */
export const otherWords: readonly string[] = [
  'L EH F T', 'R AA IH T', 'AH P', 'D AA UH N', 'AO N', 'AO F', 'W AH N', 'T UW', 'TH R IY', 'F AO R', 'F AA IH V',
  'S IH K S', 'S EH V AH N', 'EH IH T', 'N AA IH N', 'B EH D', 'B ER D', 'K AE T', 'D AO G', 'T R IY', 'HH AE P IY',
  'HH AA UH S', 'M AA R V AH N', 'SH IY L AH', 'W AA UH', 'Z IH R O UH', 'V IH ZH AH L', 'B AE K W ER D', 'L ER N',
] .map((word) => word.replace('ZH', 'SH')); // prettier-ignore
