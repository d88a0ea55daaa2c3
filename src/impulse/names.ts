/** What each feature is called, in the order in which the core computes them. Pure. */
import { dspParameterTables, soundBins, type DspBlock } from '../core';
import type { ResolvedImpulse } from './types';

const statistics = ['average', 'minimum', 'maximum', 'rms', 'stdev', 'skewness', 'kurtosis'];

const ofWavelets = [
  ...['entropy', 'zero crossings', 'mean crossings', '5th percentile', '25th percentile', '75th percentile'],
  ...['95th percentile', 'median', 'mean', 'stdev', 'variance', 'rms', 'skewness', 'kurtosis'],
];
const ofSpectra = ['rms', 'skewness', 'kurtosis', 'spectral skewness', 'spectral kurtosis'];
const colours = ['red', 'green', 'blue'];

const short = (value: number): string => String(Number(value.toPrecision(4)));

/** The low band of the last level, then the high bands from the last level to the first, each with its frequencies. */
function waveletNames(rateHz: number, level: number): string[] {
  const edge = (octaves: number): string => short(rateHz / 2 ** octaves);
  const bands = [`0-${edge(level + 1)} Hz`];
  for (let each = level; each > 0; each--) bands.push(`${edge(each + 1)}-${edge(each)} Hz`);
  return bands.flatMap((band) => ofWavelets.map((name) => `${band} ${name}`));
}

/** A high-pass filter leaves the upper bins, anything else the lower ones; bin 0 is the mean and is never there. */
function spectrumNames(rateHz: number, filter: number, fft: number, bins: number): string[] {
  const first = filter === 2 ? fft / 2 + 1 - bins : 1;
  return [...ofSpectra, ...Array.from({ length: bins }, (_, i) => `${short(((first + i) * rateHz) / fft)} Hz`)];
}

/** How many bins of a spectrum the filter leaves, in the core's own float32 (firmware/dormouse/src/dsp/spectral.h). */
function binsLeft(rateHz: number, filter: number, cutoff: number, fft: number): number {
  const half = fft / 2;
  if (filter === 0) return half;
  const rate = Math.fround(rateHz);
  const place = cutoff > rate / 2 ? half : Math.fround(Math.fround(Math.fround(cutoff) * fft) / rate);
  if (filter === 1) return Math.min(half, Math.max(1, Math.floor(Math.fround(place + 0.5))));
  return place >= 0.5 ? half - Math.floor(Math.fround(place - 0.5)) : half;
}

function spectralNames({ axes, shape, block, featureCount }: ResolvedImpulse): string[] {
  const params = dspParameterTables.spectral.map((parameter, i) => block.params[i] ?? parameter.default);
  const [, ratio, filter, cutoff, , fft, , , analysis, , level, slow] = params;
  const rateHz = shape.rateHz / ratio;
  const perAxis = featureCount / axes.length;
  if (analysis === 1) return axes.flatMap((axis) => waveletNames(rateHz, level).map((name) => `${axis} ${name}`));
  const slowBins = slow === 1 ? binsLeft(rateHz / 10, filter, cutoff, fft) : 0;
  const bins = perAxis - ofSpectra.length - (slow === 1 ? ofSpectra.length + slowBins : 0);
  const names = spectrumNames(rateHz, filter, fft, bins);
  const all = axes.flatMap((axis) => names.map((name) => `${axis} ${name}`));
  if (slow !== 1) return all;
  const slowNames = spectrumNames(rateHz / 10, filter, fft, slowBins);
  return [...all, ...axes.flatMap((axis) => slowNames.map((name) => `${axis} slow ${name}`))];
}

/** Pixels by column and row, from the top left. */
function imageNames({ block }: ResolvedImpulse): string[] {
  const [width, height, channels] = dspParameterTables.image.map((each, i) => block.params[i] ?? each.default);
  const names = channels === 1 ? ['gray'] : colours;
  return Array.from({ length: width * height }, (_, i) => `${i % width}, ${Math.floor(i / width)}`).flatMap((place) =>
    names.map((name) => `${name} at ${place}`),
  );
}

/** What stands in each column of a sound block's rows. */
function binName(block: DspBlock, rateHz: number, bins: number, bin: number): string {
  if (block.kind === 'spectrogram') return `${Number(((bin * rateHz) / (2 * (bins - 1))).toPrecision(4))} Hz`;
  return block.kind === 'mfe' ? `band ${bin + 1}` : `coefficient ${bin + 1}`;
}

function soundNames({ axes, shape, block, featureCount }: ResolvedImpulse, bins: number): string[] {
  const index = dspParameterTables[block.kind].findIndex((parameter) => parameter.name === 'frame-stride');
  const strideMs = 1000 * (block.params[index] ?? dspParameterTables[block.kind][index].default);
  return Array.from({ length: featureCount }, (_, i) => {
    const time = Number((Math.floor(i / bins) * strideMs).toPrecision(6));
    return `${axes[0]} ${binName(block, shape.rateHz, bins, i % bins)} at ${time} ms`;
  });
}

/** One name per feature: 'accX rms', 'gyrZ 3.125 Hz', 'accY at 40 ms', 'audio coefficient 2 at 40 ms', 'red at 3, 0'. */
export function featureNames(resolved: ResolvedImpulse): string[] {
  const { axes, shape, block } = resolved;
  if (block.kind === 'raw') {
    const times = Array.from({ length: shape.frames }, (_, i) => Number(((i * 1000) / shape.rateHz).toPrecision(6)));
    return times.flatMap((time) => axes.map((axis) => `${axis} at ${time} ms`));
  }
  const bins = soundBins(block);
  if (bins > 0) return soundNames(resolved, bins);
  if (block.kind === 'image') return imageNames(resolved);
  if (block.kind === 'spectral') return spectralNames(resolved);
  const chosen = statistics.filter((_, i) => block.params[i + 1] !== 0);
  return axes.flatMap((axis) => chosen.map((name) => `${axis} ${name}`));
}
