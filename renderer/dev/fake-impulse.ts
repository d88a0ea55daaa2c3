/** The fake's impulse: settings resolved, and features that change with what is looked at. */
import type { DspKind, DspParameter } from '../../src/core/types';
import type { CaptureSummary } from '../../src/dataset/types';
import type { ImpulseSettings } from '../../src/impulse/types';
import type { FeaturePreview, RequestOutputs } from '../../src/project/contract';
import { spectrumColumn, columnRows } from '../ui/plot/spectrum';
import { drawObject, pictureSize, valuesOf, type World } from './worlds';

const number = (name: string, label: string, help: string, value: number): DspParameter => ({
  name,
  label,
  help,
  default: value,
  min: 0,
  max: 16000,
});
const choice = (name: string, label: string, help: string, value: number, labels: readonly string[]): DspParameter => ({
  name,
  label,
  help,
  default: value,
  choices: labels.map((text, i) => ({ value: i, label: text })),
});
const scale = number('scale-axes', 'Scale axes', 'Multiplies every value', 1);
const fft: DspParameter = {
  name: 'fft-length',
  label: 'FFT length',
  help: 'More points, finer frequencies',
  default: 16,
  choices: [16, 32, 64].map((value) => ({ value, label: String(value) })),
};
const frames = [
  number('frame-length', 'Frame length', 'Seconds of each moment', 0.02),
  number('frame-stride', 'Frame stride', 'Seconds from one to the next', 0.02),
];
const parameters: Record<DspKind, readonly DspParameter[]> = {
  raw: [scale],
  flatten: [scale],
  spectral: [scale, fft, choice('filter-type', 'Filter', 'What is kept', 0, ['none', 'low', 'high'])],
  spectrogram: [...frames, fft, number('noise-floor-db', 'Noise floor', 'Quieter than this is silence', -52)],
  mfe: [number('num-filters', 'Bands', 'How many', 40), ...frames],
  mfcc: [
    scale,
    number('num-cepstral', 'Coefficients', 'How many describe a moment', 13),
    ...frames,
    number('num-filters', 'Bands', 'How many', 32),
    number('low-frequency', 'Lowest', 'Hz', 0),
    number('high-frequency', 'Highest', 'Hz, 0 = half the rate', 0),
    number('win-size', 'Window of levelling', 'Frames', 101),
  ],
  image: [
    number('image-width', 'Width', 'Pixels', 48),
    number('image-height', 'Height', 'Pixels', 48),
    choice('channels', 'Colour', 'Gray needs a third', 1, ['gray', 'colour']),
    choice('resize-mode', 'Where shapes differ', 'Cut, fill or squeeze', 0, ['cut', 'fill', 'squeeze']),
  ],
};

export const startKinds: Record<World['task'], DspKind> = {
  motion: 'spectral',
  audio: 'mfcc',
  image: 'image',
  anomaly: 'spectral',
};

export function impulseState(settings: ImpulseSettings, world: World): RequestOutputs['impulse.get'] {
  const { kind } = settings.dsp;
  const axes = settings.axes.length > 0 ? settings.axes : world.axes.map((axis) => axis.name);
  const rateHz = settings.rateHz || world.rateHz;
  const length = kind === 'image' ? world.frames : Math.round(((settings.windowMs || 1000) / 1000) * rateHz);
  const perAxis = { raw: length, flatten: 7, spectral: 11, mfcc: 650, mfe: 1960, spectrogram: 3200, image: 2304 }[kind];
  return {
    settings,
    resolved: {
      shape: { frames: length, axes: axes.length, rateHz },
      strideFrames: Math.round(((settings.strideMs || 200) / 1000) * rateHz),
      axes,
      units: axes.map(() => 'm/s2'),
      block: { kind, params: [] },
      featureCount: axes.length * perAxis,
      inputShape: [axes.length * perAxis],
    },
    parameters: parameters[kind],
    problem: '',
  };
}

function pictureOf(kind: DspKind, world: World, capture: CaptureSummary): FeaturePreview['picture'] {
  const seed = Number(capture.id.slice(1)) + 1;
  if (kind === 'image') {
    const { pixels } = drawObject(capture.label, seed);
    const side = 48;
    const values = Array.from({ length: side * side * 3 }, (_, i) => {
      const [x, y, c] = [Math.floor(i / 3) % side, Math.floor(i / 3 / side), i % 3];
      return (
        pixels[(Math.floor((y * pictureSize) / side) * pictureSize + Math.floor((x * pictureSize) / side)) * 3 + c] /
        255
      );
    });
    return { rows: side, columns: side, channels: 3, values };
  }
  if (world.kind !== 'audio' || !['mfcc', 'mfe', 'spectrogram'].includes(kind)) return undefined;
  const sound = valuesOf(world, capture, seed);
  const bins = kind === 'mfcc' ? 13 : kind === 'mfe' ? 40 : 64;
  const column = new Uint8Array(columnRows);
  const values: number[] = [];
  for (let row = 0; row < 50; row++) {
    spectrumColumn(sound, (row + 0.5) * 320, column);
    for (let bin = 0; bin < bins; bin++) values.push(column[Math.floor((bin / bins) * 128)] / 255);
  }
  return { rows: 50, columns: bins, channels: 1, values };
}

export function previewOf(
  settings: ImpulseSettings,
  world: World,
  capture: CaptureSummary,
  start: number,
): FeaturePreview {
  const { resolved } = impulseState(settings, world);
  const count = resolved?.featureCount ?? 0;
  const bands = Array.from({ length: 8 }, (_, i) => `${(3.1 + i * 6.25).toFixed(1)} Hz`);
  const names = ['RMS', 'skewness', 'kurtosis', ...bands];
  const phase = Number(capture.id.slice(1)) + start / 40;
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
    picture: pictureOf(settings.dsp.kind, world, capture),
  };
}
