/**
 * Sound from one sampling rate to another: a windowed sinc in polyphase form (Crochiere and Rabiner, "Multirate Digital
 * Signal Processing", 1983, chapter 4) with Kaiser's window (Kaiser, 1974). Flat to 0.45 of the lower of both rates,
 * below -80 dB from 0.5 of it on, so that nothing folds down and nothing is mirrored up.
 *
 * Computed in double precision from + - * / and square roots alone, so that the same file gives the same bits on every
 * machine. Knows nothing of files or captures.
 */

/** For a stopband of 90 dB: Kaiser's beta, and the zero crossings on each side that make the transition 0.05 wide. */
const beta = 8.96;
const crossings = 58;
/** Middle of the transition, as a share of the lower rate. */
const cutoff = 0.475;
/** More coefficients than this (64 MB) are only needed for absurd pairs of rates, which are then taken in steps of 100 Hz. */
const mostCoefficients = 8_000_000;

/** sin(pi x) by its series, after x is brought into -1/2..1/2. */
function sinPi(x: number): number {
  const nearest = Math.round(x);
  const angle = (x - nearest) * Math.PI;
  const square = angle * angle;
  let term = angle;
  let sum = angle;
  for (let n = 2; n <= 20; n += 2) {
    term *= -square / (n * (n + 1));
    sum += term;
  }
  return nearest % 2 === 0 ? sum : -sum;
}

/** The modified Bessel function of order 0, by its series. */
function bessel0(x: number): number {
  const quarter = (x * x) / 4;
  let term = 1;
  let sum = 1;
  for (let n = 1; term > sum * 1e-17; n++) {
    term *= quarter / (n * n);
    sum += term;
  }
  return sum;
}

const besselBeta = bessel0(beta);

/** The filter at `x` samples of the lower rate from its middle. */
function kernel(x: number): number {
  const place = x / crossings;
  if (place <= -1 || place >= 1) return 0;
  const window = bessel0(beta * Math.sqrt(1 - place * place)) / besselBeta;
  const argument = 2 * cutoff * x;
  return window * (argument === 0 ? 1 : sinPi(argument) / (Math.PI * argument));
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b);
}

interface Bank {
  /** Output frames that fall on `down` input frames. */
  readonly up: number;
  readonly down: number;
  /** Input frames that one output frame is made of. */
  readonly taps: number;
  /** [up][taps], each row summing to 1. */
  readonly rows: Float64Array;
}

let kept: { readonly key: string; readonly bank: Bank } | undefined;

function makeBank(fromHz: number, toHz: number): Bank {
  const divisor = greatestDivisor(fromHz, toHz);
  const [up, down] = [toHz / divisor, fromHz / divisor];
  // Samples of the lower rate per input sample.
  const scale = Math.min(1, toHz / fromHz);
  const half = Math.ceil(crossings / scale);
  const taps = 2 * half;
  if (up * taps > mostCoefficients) return makeBank(Math.max(100, Math.round(fromHz / 100) * 100), toHz);
  const rows = new Float64Array(up * taps);
  for (let phase = 0; phase < up; phase++) {
    const row = rows.subarray(phase * taps, (phase + 1) * taps);
    let sum = 0;
    for (let tap = 0; tap < taps; tap++) sum += row[tap] = kernel((tap - half + 1 - phase / up) * scale);
    for (let tap = 0; tap < taps; tap++) row[tap] /= sum;
  }
  return { up, down, taps, rows };
}

/** A folder of sounds has one rate: the bank of the last pair of rates is kept. */
function bankFor(fromHz: number, toHz: number): Bank {
  const key = `${fromHz} ${toHz}`;
  if (kept?.key !== key) kept = { key, bank: makeBank(fromHz, toHz) };
  return kept.bank;
}

/**
 * One channel at another rate. Both rates are whole numbers of Hz, 100 to 1,000,000; the result has
 * round(length * toHz / fromHz) values, at least one, in the units of the input. Beyond the ends the first and the last
 * value are held, so that a sound which does not begin at 0 does not click.
 */
export function resample(values: Float32Array, fromHz: number, toHz: number): Float32Array {
  if (fromHz === toHz || values.length === 0) return values;
  const { up, down, taps, rows } = bankFor(fromHz, toHz);
  const result = new Float32Array(Math.max(1, Math.round((values.length * toHz) / fromHz)));
  const last = values.length - 1;
  for (let i = 0; i < result.length; i++) {
    const position = i * down;
    const phase = position % up;
    const first = (position - phase) / up - taps / 2 + 1;
    const row = phase * taps;
    let sum = 0;
    if (first >= 0 && first + taps <= values.length)
      for (let tap = 0; tap < taps; tap++) sum += rows[row + tap] * values[first + tap];
    else for (let tap = 0; tap < taps; tap++) sum += rows[row + tap] * values[Math.min(Math.max(first + tap, 0), last)];
    result[i] = sum;
  }
  return result;
}

/** All channels of a sound as their mean: what one microphone in the same place would have heard. */
export function mixToMono(values: Float32Array, channels: number): Float32Array {
  if (channels === 1) return values;
  const mono = new Float32Array(values.length / channels);
  for (let frame = 0; frame < mono.length; frame++) {
    let sum = 0;
    for (let channel = 0; channel < channels; channel++) sum += values[frame * channels + channel];
    mono[frame] = sum / channels;
  }
  return mono;
}

/** As a board's microphone would have sent it: one channel at `toHz`, in whole numbers of 16 bits. */
export function asMicrophone(values: Float32Array, channels: number, fromHz: number, toHz: number): Float32Array {
  const sound = resample(mixToMono(values, channels), fromHz, toHz);
  // Plus 0: Math.round gives -0 for what is just below it, which a WAV file cannot keep.
  return sound.map((value) => Math.max(-32768, Math.min(32767, Math.round(value))) + 0);
}
