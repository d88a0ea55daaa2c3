/** What each feature is called, in the order in which the core computes them. Pure. */
import { dspParameterTables, soundBins, type DspBlock } from '../core';
import type { ResolvedImpulse } from './types';

const statistics = ['average', 'minimum', 'maximum', 'rms', 'stdev', 'skewness', 'kurtosis'];

function spectralNames(resolved: ResolvedImpulse, perAxis: number): string[] {
  const [, ratio, filter, , , fft] = resolved.block.params;
  const bins = perAxis - 5;
  // A high-pass filter leaves the upper bins, anything else the lower ones; bin 0 is the mean and is never there.
  const first = filter === 2 ? fft / 2 + 1 - bins : 1;
  const width = resolved.shape.rateHz / ratio / fft;
  const frequencies = Array.from({ length: bins }, (_, i) => `${Number(((first + i) * width).toPrecision(4))} Hz`);
  return ['rms', 'skewness', 'kurtosis', 'spectral skewness', 'spectral kurtosis', ...frequencies];
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

/** One name per feature: 'accX rms', 'gyrZ 3.125 Hz', 'accY at 40 ms', 'audio coefficient 2 at 40 ms'. */
export function featureNames(resolved: ResolvedImpulse): string[] {
  const { axes, shape, block, featureCount } = resolved;
  if (block.kind === 'raw') {
    const times = Array.from({ length: shape.frames }, (_, i) => Number(((i * 1000) / shape.rateHz).toPrecision(6)));
    return times.flatMap((time) => axes.map((axis) => `${axis} at ${time} ms`));
  }
  const bins = soundBins(block);
  if (bins > 0) return soundNames(resolved, bins);
  const perAxis = featureCount / axes.length;
  const chosen = statistics.filter((_, i) => block.params[i + 1] !== 0);
  const names = block.kind === 'flatten' ? chosen : spectralNames(resolved, perAxis);
  return axes.flatMap((axis) => names.map((name) => `${axis} ${name}`));
}
