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
  },
  more: 'More settings',
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
