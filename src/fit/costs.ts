/**
 * What one operation costs on a processor: the table behind the latency estimate. Pure data and arithmetic.
 *
 * Cycles on a Cortex-M4F for TensorFlow Lite Micro's reference kernels (gcc 12, -O2, executed instructions counted in
 * an emulator and weighted with the core's documented cycle counts, zero wait states). Portable kernels like those of
 * the Dormouse core do about as much; optimised ones need a quarter. Nothing here was measured on a board.
 *   fully connected: 2.78 M cycles for 264,192 multiply-accumulates of a dense autoencoder
 *   convolution: 155 M cycles for 12.5 M multiply-accumulates of a residual network of 3x3 convolutions
 *   depthwise: what the two depthwise-separable networks need beyond that for their convolutions (70 and 105)
 */
import type { TfliteOperator, TfliteSummary } from '../compress';
import type { BoardProfile } from '../boards';
import type { DspBlock, WindowShape } from '../core';

const cyclesPerMac: Readonly<Record<string, number>> = { FULLY_CONNECTED: 10.5, CONV_2D: 12.4, DEPTHWISE_CONV_2D: 85 };
/** Per element of the first input. */
const cyclesPerElement: Readonly<Record<string, number>> = {
  MAX_POOL_2D: 20,
  AVERAGE_POOL_2D: 20,
  MEAN: 20,
  ADD: 110,
  SOFTMAX: 400,
  RESHAPE: 1,
  PAD: 4,
  QUANTIZE: 40,
  DEQUANTIZE: 10,
};
const otherCyclesPerElement = 40;
const cyclesPerOperator = 500;

/** How a core compares with the Cortex-M4F: cycles for integer kernels as a factor, cycles of one float operation. */
interface CoreCost {
  readonly name: string;
  readonly integerFactor: number;
  readonly cyclesPerFlop: number;
}

const cores: Readonly<Record<BoardProfile['core'], CoreCost>> = {
  // 1.7 times as many instructions executed for the same kernels; no floating point unit.
  'cortex-m0plus': { name: 'Cortex-M0+', integerFactor: 1.7, cyclesPerFlop: 90 },
  'cortex-m4f': { name: 'Cortex-M4F', integerFactor: 1, cyclesPerFlop: 4 },
  // Dual issue and caches; the factor is an assumption.
  'cortex-m7': { name: 'Cortex-M7', integerFactor: 0.6, cyclesPerFlop: 2.5 },
  // No figures of our own: taken as a Cortex-M4F.
  'xtensa-lx6': { name: 'Xtensa LX6', integerFactor: 1, cyclesPerFlop: 4 },
  'xtensa-lx7': { name: 'Xtensa LX7', integerFactor: 1, cyclesPerFlop: 4 },
  host: { name: 'Cortex-M4F (in place of this computer)', integerFactor: 1, cyclesPerFlop: 4 },
};

export interface Estimate {
  readonly ms: number;
  readonly cycles: number;
}

function operatorCycles(operator: TfliteOperator, { tensors }: TfliteSummary): number {
  const perMac = cyclesPerMac[operator.name];
  if (perMac !== undefined) return cyclesPerOperator + perMac * operator.macs;
  const elements = (tensors[operator.inputs[0]]?.shape ?? []).reduce((product, side) => product * Math.abs(side), 1);
  return cyclesPerOperator + (cyclesPerElement[operator.name] ?? otherCyclesPerElement) * elements;
}

export function modelEstimate(summary: TfliteSummary, board: BoardProfile): Estimate {
  const onM4 = summary.operators.reduce((sum, operator) => sum + operatorCycles(operator, summary), 0);
  const cycles = onM4 * cores[board.core].integerFactor;
  return { ms: (1000 * cycles) / board.clockHz, cycles };
}

/** Floating point operations of one window's features, normalisation and quantization; loads and loops count as part. */
function flopsOf(
  block: DspBlock,
  parameters: Readonly<Record<string, number>>,
  shape: WindowShape,
  features: number,
): number {
  const values = shape.frames * shape.axes;
  const perFeature = 12 * features;
  if (block.kind === 'raw') return values + perFeature;
  // Sums of powers up to the fourth, and the extremes.
  if (block.kind === 'flatten') return 14 * values + 40 * features + perFeature;
  const length = parameters['fft-length'] || 16;
  const order = parameters['filter-type'] === 0 ? 0 : parameters['filter-order'] || 0;
  const perTransform = 5 * length * Math.log2(length) + 30 * length;
  const step = parameters['do-fft-overlap'] ? length / 2 : length;
  const transforms = shape.axes * Math.max(1, Math.ceil(shape.frames / step));
  return values * (10 + 5 * order) + transforms * perTransform + perFeature;
}

export function dspEstimate(
  block: DspBlock,
  parameters: Readonly<Record<string, number>>,
  shape: WindowShape,
  features: number,
  board: BoardProfile,
): Estimate {
  const cycles = flopsOf(block, parameters, shape, features) * cores[board.core].cyclesPerFlop;
  return { ms: (1000 * cycles) / board.clockHz, cycles };
}

/** One sentence for people: what the estimate rests on. */
export function explanation(summary: TfliteSummary, estimate: Estimate, board: BoardProfile): string {
  const perMac = summary.macs > 0 ? estimate.cycles / summary.macs : 0;
  return (
    `Estimated, not measured: ${perMac.toFixed(1)} cycles per multiply-accumulate assumed for a ${cores[board.core].name} ` +
    `at ${Math.round(board.clockHz / 1e6)} MHz, after TensorFlow Lite Micro's reference kernels in an emulator.`
  );
}
