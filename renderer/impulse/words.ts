/** What the Impulse screen says: plain words first, the field's term beside them. */
import { bytes, count, micros, rate, span } from '../ui/format';

export const impulseWords = {
  title: 'Impulse',
  lead: 'How a recording becomes numbers for the model.',
  empty: 'Here you choose what the model gets to see. It needs recordings first.',
  emptyButton: 'Record the first examples',
  window: 'What is looked at at once',
  windowTerm: 'window',
  length: 'Window',
  stride: 'Step between windows',
  strideTerm: 'stride',
  rate: 'Rate',
  fromData: (x: number | null | undefined) => (x === null || x === undefined ? '' : `${Math.round(x)}, from the data`),
  zeroHint: 'Leave empty to take it from the data.',
  axes: 'Axes',
  block: 'What is computed',
  blockTerm: 'DSP block',
  kinds: {
    spectral: {
      name: 'Frequencies',
      term: 'spectral analysis',
      help: 'How strong each rhythm is. Good for shaking, machines, walking.',
    },
    flatten: {
      name: 'Statistics',
      term: 'flatten',
      help: 'Mean, spread and shape of each axis. Smallest and fastest.',
    },
    raw: {
      name: 'The signal itself',
      term: 'raw',
      help: 'The model sees the curve. Best for gestures, with a convolution model.',
    },
    mfcc: {
      name: 'Sound of speech',
      term: 'MFCC',
      help: 'The shape of the voice in a few coefficients. Best for words.',
    },
    mfe: {
      name: 'Loudness of bands',
      term: 'MFE',
      help: 'How loud each band is, spaced as the ear hears. Best for noises and machines.',
    },
    spectrogram: {
      name: 'All frequencies',
      term: 'spectrogram',
      help: 'Every frequency evenly. For sounds above speech, and when bands blur too much.',
    },
    image: {
      name: 'The picture, made small',
      term: 'image',
      help: 'Cut or squeezed to the size that the model sees, in gray or colour.',
    },
  },
  more: 'More settings',
  groups: {
    basic: 'Basics',
    filter: 'Filter and rate',
    spectrum: 'Spectrum',
    wavelet: 'Wavelets',
    frames: 'Frames',
    bands: 'Bands',
    level: 'Level',
  },
  frequency: 'frequency',
  coefficient: 'coefficient',
  seen: (frames: number, bins: number, unit: string) =>
    `What the model sees: ${frames} moments of ${bins} values each, time along, ${unit} upwards`,
  original: (label: string) => `As taken: ${label}`,
  seenPicture: (width: number, height: number, channels: number) =>
    `As the model sees it: ${width} × ${height}, ${channels === 3 ? 'colour' : 'gray'}`,
  asNumbers: 'The same as numbers',
  preview: 'Try it on a recording',
  recording: 'Recording',
  position: 'Position of the window',
  plot: (label: string) => `Plot of ${label} with the window marked`,
  resolved: (window: number, stride: number, hz: number) =>
    `${span(window)} windows every ${span(stride)} at ${rate(hz)}`,
  features: 'What the model gets',
  featuresTerm: 'features',
  moreFeatures: (n: number) => `and ${count(n, 'more value')}`,
  windows: (n: number) => count(n, 'window'),
  featureCount: (n: number) => count(n, 'value'),
  scratch: (n: number) => `${bytes(n)} working memory`,
  cost: (us: number) => `${micros(us)} on this computer`,
  saving: 'Computing',
};
