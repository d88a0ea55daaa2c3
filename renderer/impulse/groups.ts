/** Which blocks suit what is recorded, and which of a block's parameters come first. Pure. */
import type { DspKind, DspParameter } from '../../src/core/types';
import type { CaptureSummary } from '../../src/dataset/types';

const suited: Record<CaptureSummary['kind'], readonly DspKind[]> = {
  motion: ['spectral', 'flatten', 'raw'],
  other: ['spectral', 'flatten', 'raw'],
  audio: ['mfcc', 'mfe', 'spectrogram', 'spectral', 'raw'],
  image: ['image'],
};

/** The block that is set is always among them, so that a project from elsewhere shows what it uses. */
export function blocksFor(kind: CaptureSummary['kind'], used: DspKind): readonly DspKind[] {
  const blocks = suited[kind];
  return blocks.includes(used) ? blocks : [used, ...blocks];
}

export type GroupName = 'basic' | 'filter' | 'spectrum' | 'wavelet' | 'frames' | 'bands' | 'level';

const basic: Partial<Record<DspKind, readonly string[]>> = {
  spectral: ['analysis', 'fft-length', 'filter-type', 'filter-cutoff'],
  mfcc: ['num-cepstral', 'frame-length', 'frame-stride'],
  mfe: ['num-filters', 'frame-length', 'frame-stride'],
  spectrogram: ['frame-length', 'frame-stride', 'fft-length'],
  image: ['image-width', 'image-height', 'channels', 'resize-mode'],
};

const others: readonly { readonly group: GroupName; readonly names: readonly string[] }[] = [
  { group: 'filter', names: ['filter-type', 'filter-cutoff', 'filter-order', 'input-decimation-ratio'] },
  { group: 'wavelet', names: ['wavelet', 'wavelet-level'] },
  { group: 'bands', names: ['num-filters', 'fft-length', 'low-frequency', 'high-frequency'] },
  { group: 'spectrum', names: ['do-log', 'do-fft-overlap'] },
  { group: 'frames', names: ['frame-length', 'frame-stride', 'win-size', 'pre-cof', 'pre-shift'] },
  { group: 'level', names: ['scale-axes', 'noise-floor-db'] },
];

export interface Group {
  readonly name: GroupName;
  readonly parameters: readonly DspParameter[];
}

/** What matters most first; a parameter that nobody has grouped yet stands with the last. Every one is there once. */
export function grouped(kind: DspKind, parameters: readonly DspParameter[]): readonly Group[] {
  const first = parameters.filter((parameter) => basic[kind]?.includes(parameter.name));
  const rest = parameters.filter((parameter) => !first.includes(parameter));
  const groupOf = (name: string): GroupName => others.find((group) => group.names.includes(name))?.group ?? 'level';
  const groups = others.map(({ group }) => ({
    name: group,
    parameters: rest.filter((parameter) => groupOf(parameter.name) === group),
  }));
  return [{ name: 'basic' as const, parameters: first }, ...groups].filter((group) => group.parameters.length > 0);
}
