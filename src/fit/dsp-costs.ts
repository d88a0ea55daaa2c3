/**
 * What features cost on a processor, in executed instructions: constants fitted to what the core's own blocks execute,
 * compiled with gcc 12 -Os and counted in an emulator (test/firmware/windows-arm.test.ts and dsp-arm.test.ts count
 * again), within 10 % of the counts. Knows nothing of clocks.
 */
import { soundBins, type DspBlock, type WindowShape } from '../core';

/** Instructions per value, feature, multiplication and so on; features are normalised and quantised. */
export interface DspCosts {
  readonly feature: number;
  readonly flatten: number;
  /** `point`: one of a transform's n log2 n; `bin`: a feature of the spectrum, its logarithm included. */
  readonly spectral: { readonly value: number; readonly point: number; readonly bin: number; readonly section: number };
  readonly wavelet: { readonly value: number; readonly mac: number; readonly coefficient: number };
  /** Per channel; `convert` once per pixel that is not gray already. */
  readonly image: { readonly source: number; readonly output: number; readonly convert: number };
  readonly sound: SoundCosts;
}

/**
 * Per frame: `butterfly` one of the transform's n log2 n, `point` one of its n, `logarithm` one of a bin or filter, `cosine`
 * one of coefficients times filters. Per window: `feature` one written out, `normalised` one told relative to its
 * surroundings.
 */
export interface SoundCosts {
  readonly butterfly: number;
  readonly point: number;
  readonly logarithm: number;
  readonly cosine: number;
  readonly feature: number;
  readonly normalised: number;
}

export const soundOfArmv7em: SoundCosts = {
  butterfly: 1.7,
  point: 114,
  logarithm: 63,
  cosine: 5.7,
  feature: 18,
  normalised: 940,
};

export const soundOfArmv6m: SoundCosts = {
  butterfly: 20,
  point: 176,
  logarithm: 42,
  cosine: 18,
  feature: 172,
  normalised: 2500,
};

export const dspOfArmv7em: DspCosts = {
  feature: 100,
  flatten: 95,
  spectral: { value: 170, point: 8, bin: 156, section: 21 },
  wavelet: { value: 53, mac: 11, coefficient: 323 },
  image: { source: 25, output: 59, convert: 37 },
  sound: soundOfArmv7em,
};

/** Floats without a floating point unit. */
export const dspOfArmv6m: DspCosts = {
  feature: 800,
  flatten: 1500,
  spectral: { value: 1900, point: 280, bin: 2300, section: 1060 },
  wavelet: { value: 1190, mac: 195, coefficient: 3300 },
  image: { source: 50, output: 102, convert: 53 },
  sound: soundOfArmv6m,
};

type Parameters = Readonly<Record<string, number>>;

/** Taps of the wavelets by number, as in firmware/dormouse/src/dsp/wavelet_tables.h. */
function waveletTaps(wavelet: number): number {
  const biorthogonal = [6, 10, 6, 10, 14, 18, 4, 8, 12, 16, 20, 10, 12, 18];
  if (wavelet < 10) return 2 * (wavelet + 1);
  if (wavelet < 19) return 2 * (wavelet - 8);
  if (wavelet < 22) return 6 * (wavelet - 18);
  return biorthogonal[(wavelet - 22) % biorthogonal.length] ?? 20;
}

/** Filter and decimation, as sections over values. */
function sections(parameters: Parameters, values: number): number {
  const [ratio, order] = [parameters['input-decimation-ratio'] || 1, parameters['filter-order'] ?? 6];
  const filter = parameters['filter-type'] ? (order / 2) * (values / ratio) : 0;
  // Four sections for each stage; later stages see a third or a tenth of the values.
  return filter + (ratio > 1 ? 4.5 * values : 0);
}

function waveletInstructions(costs: DspCosts, parameters: Parameters, n: number): number {
  const taps = waveletTaps(parameters['wavelet'] ?? 3);
  let [rest, macs, coefficients] = [n, 0, 0];
  for (let level = parameters['wavelet-level'] ?? 1; level > 0; level--) {
    const band = Math.floor((rest + taps - 1) / 2);
    macs += 2 * band * taps;
    coefficients += band;
    rest = band;
  }
  return costs.wavelet.mac * macs + costs.wavelet.coefficient * (coefficients + rest);
}

function spectralInstructions(costs: DspCosts, parameters: Parameters, shape: WindowShape, features: number): number {
  const values = shape.frames * shape.axes;
  const filtered = costs.spectral.section * sections(parameters, values);
  const n = Math.ceil(shape.frames / (parameters['input-decimation-ratio'] || 1));
  if (parameters['analysis'] === 1) {
    const each = waveletInstructions(costs, parameters, n);
    return costs.wavelet.value * values + filtered + shape.axes * each + costs.feature * features;
  }
  const length = parameters['fft-length'] || 16;
  const step = (parameters['do-fft-overlap'] ?? 1) ? length / 2 : length;
  const transforms = shape.axes * Math.ceil(n / step);
  const points = transforms * length * Math.log2(length);
  return costs.spectral.value * values + filtered + costs.spectral.point * points + costs.spectral.bin * features;
}

/**
 * Instructions of a window's rows and features, before they are normalised for the model. A stream that slides on by a part
 * of the window computes that part of the rows only.
 */
export function soundInstructions(
  costs: SoundCosts,
  block: DspBlock,
  parameters: Parameters,
  features: number,
): { readonly rows: number; readonly window: number } {
  const bins = soundBins(block);
  const length = parameters['fft-length'];
  const logarithms = block.kind === 'spectrogram' ? bins : parameters['num-filters'];
  const cosines = block.kind === 'mfcc' ? bins * logarithms : 0;
  const row =
    costs.butterfly * length * Math.log2(length) +
    costs.point * length +
    costs.logarithm * logarithms +
    costs.cosine * cosines;
  const normalised = block.kind === 'mfcc' && parameters['win-size'] > 0;
  return { rows: (row * features) / bins, window: features * (normalised ? costs.normalised : costs.feature) };
}

/** Instructions of one window's features, normalised and quantised. Throws for nothing. */
export function dspInstructions(
  costs: DspCosts,
  block: DspBlock,
  parameters: Parameters,
  shape: WindowShape,
  features: number,
): number {
  switch (block.kind) {
    case 'raw':
      return costs.feature * features;
    case 'flatten':
      return costs.flatten * shape.frames * shape.axes + costs.feature * features;
    case 'spectral':
      return spectralInstructions(costs, parameters, shape, features);
    case 'image': {
      const channels = parameters['channels'] === 3 ? 3 : 1;
      const source = channels * costs.image.source + (shape.axes === 1 ? 0 : costs.image.convert);
      // Every byte value is normalised and quantised once.
      return source * shape.frames + costs.image.output * features + 256 * channels * costs.feature;
    }
    default: {
      const { rows, window } = soundInstructions(costs.sound, block, parameters, features);
      return rows + window + costs.feature * features;
    }
  }
}
