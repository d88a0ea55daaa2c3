/**
 * What the DSP blocks' parameters are called and mean. Their order and defaults are those of the C++ core
 * (firmware/dormouse/src/dsp/parameters.cpp); a test compares the two.
 */
import type { DspBlock, DspKind, DspParameter } from './types';

const onOff = [
  { value: 0, label: 'off' },
  { value: 1, label: 'on' },
] as const;

const scaleAxes: DspParameter = {
  name: 'scale-axes',
  label: 'Scale axes',
  help: 'Every value is multiplied by this first.',
  default: 1,
};

function statistic(name: string, label: string, help: string): DspParameter {
  return { name, label, help, default: 1, choices: onOff };
}

const flatten: readonly DspParameter[] = [
  scaleAxes,
  statistic('average', 'Average', 'The mean of each axis over the window.'),
  statistic('minimum', 'Minimum', 'The smallest value of each axis.'),
  statistic('maximum', 'Maximum', 'The largest value of each axis.'),
  statistic('rms', 'RMS', 'Root mean square: how strong the signal is, its offset included.'),
  statistic('stdev', 'Standard deviation', 'How far the values spread around their mean.'),
  statistic('skewness', 'Skewness', 'Whether the values lean to one side of their mean.'),
  statistic('kurtosis', 'Kurtosis', 'Whether rare large swings stand out (0 for a bell curve).'),
];

const between = (low: number, high: number): string[] =>
  Array.from({ length: high - low + 1 }, (_, i) => String(low + i));
const biorthogonal = '1.3 1.5 2.2 2.4 2.6 2.8 3.1 3.3 3.5 3.7 3.9 4.4 5.5 6.8'.split(' ');

/** By their numbers in the core (firmware/dormouse/src/dsp/wavelet_tables.h). */
export const waveletNames: readonly string[] = [
  'haar',
  ...between(2, 10).map((order) => `db${order}`),
  ...between(2, 10).map((order) => `sym${order}`),
  ...between(1, 3).map((order) => `coif${order}`),
  ...biorthogonal.map((orders) => `bior${orders}`),
  ...biorthogonal.map((orders) => `rbio${orders}`),
];

const spectral: readonly DspParameter[] = [
  scaleAxes,
  {
    name: 'input-decimation-ratio',
    label: 'Decimation',
    help: 'Keeps one value in this many, after smoothing, to look closer at slow movements.',
    default: 1,
    choices: [1, 3, 10, 30, 100, 1000].map((value) => ({ value, label: value === 1 ? 'none' : `1 in ${value}` })),
  },
  {
    name: 'filter-type',
    label: 'Filter',
    help: 'Low keeps slow movements, high keeps fast ones.',
    default: 0,
    choices: [
      { value: 0, label: 'none' },
      { value: 1, label: 'low' },
      { value: 2, label: 'high' },
    ],
  },
  {
    name: 'filter-cutoff',
    label: 'Cut-off frequency (Hz)',
    help: 'Where the filter begins to act; below half of the sampling rate.',
    default: 3,
    min: 0,
  },
  {
    name: 'filter-order',
    label: 'Filter order',
    help: 'How steep the filter is; 0 filters nothing and only leaves out the features beyond the cut-off.',
    default: 6,
    choices: [0, 2, 4, 6, 8].map((value) => ({
      value,
      label: value === 0 ? '0 (only leave out features)' : String(value),
    })),
  },
  {
    name: 'fft-length',
    label: 'FFT length',
    help: 'How many values one spectrum is made from: longer tells frequencies further apart and gives more features.',
    default: 16,
    choices: [4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096].map((value) => ({ value, label: String(value) })),
  },
  {
    name: 'do-log',
    label: 'Logarithm of the spectrum',
    help: 'Makes weak frequencies count beside strong ones.',
    default: 1,
    choices: onOff,
  },
  {
    name: 'do-fft-overlap',
    label: 'Overlapping FFT frames',
    help: 'Lets successive spectra overlap by half, so that a short event is not cut in two.',
    default: 1,
    choices: onOff,
  },
  {
    name: 'analysis',
    label: 'Analysis',
    help: 'Fourier measures steady vibrations; wavelets also tell short bursts from steady ones, with statistics of each band.',
    default: 0,
    choices: [
      { value: 0, label: 'Fourier (FFT)' },
      { value: 1, label: 'wavelets' },
    ],
  },
  {
    name: 'wavelet',
    label: 'Wavelet',
    help: 'The shape that the signal is compared with, used by wavelet analysis only; db4 suits most movements.',
    default: 3,
    choices: waveletNames.map((label, value) => ({ value, label })),
  },
  {
    name: 'wavelet-level',
    label: 'Wavelet level',
    help: 'How often the slower half is split again, used by wavelet analysis only; each level needs twice the window (64 values for 1, 128 for 2).',
    default: 1,
    min: 1,
    max: 7,
  },
  {
    name: 'extra-low-freq',
    label: 'Look closer at slow movements',
    help: 'Adds a second spectrum of the slowest tenth; takes twice as many features and a window ten times half the FFT length.',
    default: 0,
    choices: onOff,
  },
];

const image: readonly DspParameter[] = [
  {
    name: 'image-width',
    label: 'Width (pixels)',
    help: 'How many pixels across the model sees; small pictures make small, fast models.',
    default: 96,
    min: 1,
    max: 1024,
  },
  {
    name: 'image-height',
    label: 'Height (pixels)',
    help: 'How many pixels down the model sees.',
    default: 96,
    min: 1,
    max: 1024,
  },
  {
    name: 'channels',
    label: 'Colours',
    help: 'Gray is enough where shape decides; colour takes three times the memory.',
    default: 1,
    choices: [
      { value: 1, label: 'gray' },
      { value: 3, label: 'RGB' },
    ],
  },
  {
    name: 'resize-mode',
    label: 'Resize',
    help: 'What happens where a picture has other proportions than the model: cut its edges, add black bars, or squash it.',
    default: 0,
    choices: [
      { value: 0, label: 'cut the edges (fit shortest)' },
      { value: 1, label: 'add black bars (fit longest)' },
      { value: 2, label: 'squash' },
    ],
  },
];

/** What the three sound blocks share; `stride`: the field's default, in seconds. */
function soundFrames(stride: number): DspParameter[] {
  return [
    {
      ...scaleAxes,
      help: 'Every value is multiplied by this, then rounded to whole 16-bit counts: 32768 for sound between -1 and 1.',
    },
    {
      name: 'frame-length',
      label: 'Frame length (s)',
      help: 'How much sound one spectrum looks at; what is longer than the FFT is cut off.',
      default: 0.02,
      min: 0,
    },
    {
      name: 'frame-stride',
      label: 'Frame stride (s)',
      help: 'How far one frame begins after the one before.',
      default: stride,
      min: 0,
    },
  ];
}

function soundFft(length: number): DspParameter {
  return {
    name: 'fft-length',
    label: 'FFT length',
    help: 'How many values one spectrum is made from; frames are cut to it or filled up with zeros.',
    default: length,
    choices: [16, 32, 64, 128, 256, 512, 1024, 2048, 4096].map((value) => ({ value, label: String(value) })),
  };
}

function noiseFloor(): DspParameter {
  return {
    name: 'noise-floor-db',
    label: 'Noise floor (dB)',
    help: 'What is quieter becomes 0; full scale is about 0 dB.',
    default: -52,
    min: -100,
    max: 0,
  };
}

function melFilters(count: number, fft: number): DspParameter[] {
  return [
    {
      name: 'num-filters',
      label: 'Filters',
      help: 'Bands that the spectrum is gathered into, narrow for low tones and wide for high ones, as ears do.',
      default: count,
      min: 2,
      max: 128,
    },
    soundFft(fft),
    {
      name: 'low-frequency',
      label: 'Lowest frequency (Hz)',
      help: 'Where the lowest band begins.',
      default: 0,
      min: 0,
    },
    {
      name: 'high-frequency',
      label: 'Highest frequency (Hz)',
      help: 'Where the highest band ends; 0 for half of the sampling rate.',
      default: 0,
      min: 0,
    },
  ];
}

const spectrogram: readonly DspParameter[] = [...soundFrames(0.01), soundFft(128), noiseFloor()];

const mfe: readonly DspParameter[] = [...soundFrames(0.01), ...melFilters(40, 256), noiseFloor()];

const mfcc: readonly DspParameter[] = [
  soundFrames(0.02)[0],
  {
    name: 'num-cepstral',
    label: 'Coefficients',
    help: 'How finely the shape of each spectrum is described; the first is the loudness.',
    default: 13,
    min: 1,
    max: 128,
  },
  ...soundFrames(0.02).slice(1),
  ...melFilters(32, 256),
  {
    name: 'win-size',
    label: 'Normalisation window (frames)',
    help: 'Each coefficient is told relative to its mean and spread over this many frames around it (odd); 0 for none.',
    default: 101,
    min: 0,
    max: 501,
  },
  {
    name: 'pre-cof',
    label: 'Pre-emphasis',
    help: 'How much of the value before is taken away, which brings out high tones; 0 for none.',
    default: 0.98,
    min: 0,
    max: 1,
  },
  {
    name: 'pre-shift',
    label: 'Pre-emphasis shift',
    help: 'Which value before is taken away: 1 for the one right before.',
    default: 1,
    min: 1,
    max: 64,
  },
];

export const dspParameterTables: Readonly<Record<DspKind, readonly DspParameter[]>> = {
  raw: [scaleAxes],
  flatten,
  spectral,
  spectrogram,
  mfe,
  mfcc,
  image,
};

/** Block numbers as they stand in model images. */
export const dspNumbers: Readonly<Record<DspKind, number>> = {
  raw: 0,
  flatten: 1,
  spectral: 2,
  spectrogram: 3,
  mfe: 4,
  mfcc: 5,
  image: 6,
};

/** The blocks that read one axis of sound and make rows of features, one after another in time. */
export const soundKinds: readonly DspKind[] = ['spectrogram', 'mfe', 'mfcc'];

/**
 * How many features a sound block makes of one frame: a window gives [frames][bins], row by row in time. 0 for the other
 * blocks, whose features have no such rows.
 */
export function soundBins(block: DspBlock): number {
  const value = (name: string): number => {
    const index = dspParameterTables[block.kind].findIndex((parameter) => parameter.name === name);
    return block.params[index] ?? dspParameterTables[block.kind][index].default;
  };
  switch (block.kind) {
    case 'spectrogram':
      return value('fft-length') / 2 + 1;
    case 'mfe':
      return value('num-filters');
    case 'mfcc':
      return value('num-cepstral');
    default:
      return 0;
  }
}

/** The blocks in the order in which they are offered. */
export const dspNames: readonly { readonly kind: DspKind; readonly label: string; readonly help: string }[] = [
  { kind: 'spectral', label: 'Spectral analysis', help: 'How strong and how fast: for motion and vibration.' },
  { kind: 'flatten', label: 'Flatten', help: 'A few statistics of each axis: for slow signals.' },
  { kind: 'mfcc', label: 'MFCC', help: 'The shape of each moment of sound: for speech and words.' },
  { kind: 'mfe', label: 'MFE', help: 'How loud each band of tones is, as ears hear: for any other sound.' },
  { kind: 'spectrogram', label: 'Spectrogram', help: 'How loud each frequency is over time.' },
  { kind: 'raw', label: 'Raw data', help: 'The window as it is: for convolutional models.' },
  { kind: 'image', label: 'Image', help: 'A picture made as small as the model needs it.' },
];
