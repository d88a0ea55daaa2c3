/** What each feature is called, in the order in which the core computes them. Pure. */
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

/** One name per feature: 'accX rms', 'gyrZ 3.125 Hz', 'accY at 40 ms'. */
export function featureNames(resolved: ResolvedImpulse): string[] {
  const { axes, shape, block, featureCount } = resolved;
  if (block.kind === 'raw') {
    const times = Array.from({ length: shape.frames }, (_, i) => Number(((i * 1000) / shape.rateHz).toPrecision(6)));
    return times.flatMap((time) => axes.map((axis) => `${axis} at ${time} ms`));
  }
  const perAxis = featureCount / axes.length;
  const chosen = statistics.filter((_, i) => block.params[i + 1] !== 0);
  const names = block.kind === 'flatten' ? chosen : spectralNames(resolved, perAxis);
  return axes.flatMap((axis) => names.map((name) => `${axis} ${name}`));
}
