/** The fake's impulse: settings resolved, and features that change with what is looked at. */
import type { DspParameter } from '../../src/core/types';
import type { ImpulseSettings } from '../../src/impulse/types';
import type { FeaturePreview, RequestOutputs } from '../../src/project/contract';
import { motionAxes } from './signals';

const spectralParameters: readonly DspParameter[] = [
  { name: 'scale-axes', label: 'Scale axes', help: 'Multiplies every value', default: 1, min: 0, max: 1000 },
  {
    name: 'fft-length',
    label: 'FFT length',
    help: 'More points, finer frequencies',
    default: 16,
    choices: [16, 32, 64].map((value) => ({ value, label: String(value) })),
  },
];

export function impulseState(settings: ImpulseSettings): RequestOutputs['impulse.get'] {
  const axes = settings.axes.length > 0 ? settings.axes : motionAxes.map((axis) => axis.name);
  const rateHz = settings.rateHz || 100;
  const frames = Math.round(((settings.windowMs || 1000) / 1000) * rateHz);
  const perAxis = settings.dsp.kind === 'raw' ? frames : settings.dsp.kind === 'flatten' ? 7 : 11;
  return {
    settings,
    resolved: {
      shape: { frames, axes: axes.length, rateHz },
      strideFrames: Math.round(((settings.strideMs || 200) / 1000) * rateHz),
      axes,
      units: axes.map(() => 'm/s2'),
      block: { kind: settings.dsp.kind, params: [] },
      featureCount: axes.length * perAxis,
      inputShape: [axes.length * perAxis],
    },
    parameters: settings.dsp.kind === 'raw' ? spectralParameters.slice(0, 1) : spectralParameters,
    problem: '',
  };
}

export function previewOf(settings: ImpulseSettings, id: string, start: number): FeaturePreview {
  const { resolved } = impulseState(settings);
  const count = resolved?.featureCount ?? 0;
  const bands = Array.from({ length: 8 }, (_, i) => `${(3.1 + i * 6.25).toFixed(1)} Hz`);
  const names = ['RMS', 'skewness', 'kurtosis', ...bands];
  const phase = Number(id.slice(1)) + start / 40;
  return {
    windows: 6,
    featureNames: Array.from(
      { length: count },
      (_, i) => `${resolved?.axes[Math.floor(i / 11)] ?? 'accX'} ${names[i % 11]}`,
    ),
    values: Array.from({ length: count }, (_, i) => Math.sin(i * 1.7 + phase) * Math.exp(-(i % 11) / 5) * 3),
    label: '',
    scratchBytes: 2372,
    featureMicros: 2890,
  };
}
