/**
 * What one operation costs on a processor: the table behind the latency estimate. Pure data and arithmetic.
 *
 * The counts are executed instructions of this program's own engine, compiled with gcc 12 -O2 for each core and run in
 * an emulator, fitted over a keyword network, an autoencoder, a person detector and the motion models (within 10 % for
 * convolutions and dense layers, 30 % for depthwise ones); test/fit/instructions.test.ts counts again and fails when
 * the engine has moved away from them. Cycles per instruction are an assumption: on a Cortex-M4F 1.4, which is what
 * its documented cycle counts give for TensorFlow Lite Micro's kernels without wait states. Nothing here was measured
 * on a board.
 */
import type { TfliteOperator, TfliteSummary } from '../compress';
import type { BoardProfile } from '../boards';
import type { DspBlock, WindowShape } from '../core';
import { dspInstructions, dspOfArmv6m, dspOfArmv7em, soundInstructions, type DspCosts } from './dsp-costs';

/**
 * Instructions. `gather` is one value under the window of one place, brought into order for all output channels; `place`
 * one position of the output; `input` one element of the first input.
 */
interface Kernels {
  readonly conv: { readonly mac: number; readonly gather: number; readonly output: number };
  readonly depthwise: { readonly mac: number; readonly place: number; readonly output: number };
  readonly dense: { readonly mac: number; readonly output: number };
  readonly softmax: { readonly input: number; readonly once: number };
  readonly perInput: Readonly<Record<string, number>>;
  readonly dsp: DspCosts;
}

const armv7em: Kernels = {
  dsp: dspOfArmv7em,
  conv: { mac: 0.9, gather: 11, output: 15 },
  depthwise: { mac: 4.6, place: 137, output: 0.5 },
  dense: { mac: 1.5, output: 35 },
  softmax: { input: 100, once: 900 },
  perInput: {
    MAX_POOL_2D: 29,
    AVERAGE_POOL_2D: 11,
    MEAN: 11,
    ADD: 80,
    RESHAPE: 0,
    PAD: 4,
    QUANTIZE: 30,
    DEQUANTIZE: 10,
  },
};
const armv6m: Kernels = {
  dsp: dspOfArmv6m,
  conv: { mac: 3.2, gather: 20, output: 58 },
  depthwise: { mac: 17.3, place: 314, output: 2 },
  dense: { mac: 4, output: 100 },
  softmax: { input: 350, once: 3500 },
  perInput: {
    MAX_POOL_2D: 40,
    AVERAGE_POOL_2D: 20,
    MEAN: 20,
    ADD: 150,
    RESHAPE: 0,
    PAD: 6,
    QUANTIZE: 200,
    DEQUANTIZE: 100,
  },
};
const otherPerInput = 40;
const perOperator = 40;

interface CoreCost {
  readonly name: string;
  readonly kernels: Kernels;
  readonly cyclesPerInstruction: number;
}

const cores: Readonly<Record<BoardProfile['core'], CoreCost>> = {
  // Without a floating point unit.
  'cortex-m0plus': { name: 'Cortex-M0+', kernels: armv6m, cyclesPerInstruction: 1.5 },
  'cortex-m4f': { name: 'Cortex-M4F', kernels: armv7em, cyclesPerInstruction: 1.4 },
  // Two instructions at once, and caches.
  'cortex-m7': { name: 'Cortex-M7', kernels: armv7em, cyclesPerInstruction: 0.8 },
  // No counts of their own: taken as a Cortex-M4F.
  'xtensa-lx6': { name: 'Xtensa LX6', kernels: armv7em, cyclesPerInstruction: 1.4 },
  'xtensa-lx7': { name: 'Xtensa LX7', kernels: armv7em, cyclesPerInstruction: 1.4 },
  host: {
    name: 'Cortex-M4F (in place of this computer)',
    kernels: armv7em,
    cyclesPerInstruction: 1.4,
  },
};

/** What of a .tflite is counted. */
type Counted = Pick<TfliteSummary, 'operators' | 'tensors' | 'macs'>;

export interface Estimate {
  readonly ms: number;
  readonly cycles: number;
}

const elements = (shape: readonly number[] | undefined): number =>
  (shape ?? []).reduce((product, side) => product * Math.abs(side), 1);

function instructionsOf(operator: TfliteOperator, { tensors }: Counted, kernels: Kernels): number {
  const [input] = operator.inputs.map((index) => tensors[index]);
  const outputs = elements(tensors[operator.outputs[0]]?.shape);
  const { macs, name } = operator;
  const channels = tensors[operator.outputs[0]]?.shape.at(-1) ?? 1;
  // A depthwise convolution of one channel runs as a convolution.
  if (name === 'CONV_2D' || (name === 'DEPTHWISE_CONV_2D' && input.shape.at(-1) === 1)) {
    const { mac, gather, output } = kernels.conv;
    return perOperator + mac * macs + (gather * macs) / channels + output * outputs;
  }
  if (name === 'DEPTHWISE_CONV_2D') {
    const { mac, place, output } = kernels.depthwise;
    return perOperator + mac * macs + (place * outputs) / channels + output * outputs;
  }
  if (name === 'FULLY_CONNECTED') return perOperator + kernels.dense.mac * macs + kernels.dense.output * outputs;
  if (name === 'SOFTMAX') return kernels.softmax.once + kernels.softmax.input * elements(input.shape);
  return perOperator + (kernels.perInput[name] ?? otherPerInput) * elements(input?.shape);
}

/** Instructions that one inference executes on this core, estimated. */
export function modelInstructions(summary: Counted, core: BoardProfile['core']): number {
  return summary.operators.reduce((sum, operator) => sum + instructionsOf(operator, summary, cores[core].kernels), 0);
}

export function modelEstimate(summary: Counted, board: BoardProfile): Estimate {
  const cycles = modelInstructions(summary, board.core) * cores[board.core].cyclesPerInstruction;
  return { ms: (1000 * cycles) / board.clockHz, cycles };
}

export function dspEstimate(
  block: DspBlock,
  parameters: Readonly<Record<string, number>>,
  shape: WindowShape,
  features: number,
  board: BoardProfile,
): Estimate {
  const core = cores[board.core];
  const cycles = dspInstructions(core.kernels.dsp, block, parameters, shape, features) * core.cyclesPerInstruction;
  return { ms: (1000 * cycles) / board.clockHz, cycles };
}

/** Features of one window of sound that slides on by so many frames: only their own spectra are computed anew. */
export function streamEstimate(
  block: DspBlock,
  parameters: Readonly<Record<string, number>>,
  shape: WindowShape,
  features: number,
  strideFrames: number,
  board: BoardProfile,
): Estimate {
  const { kernels, cyclesPerInstruction } = cores[board.core];
  const { rows } = soundInstructions(kernels.dsp.sound, block, parameters, features);
  const kept = rows * Math.max(0, 1 - strideFrames / shape.frames);
  const cycles = (dspInstructions(kernels.dsp, block, parameters, shape, features) - kept) * cyclesPerInstruction;
  return { ms: (1000 * cycles) / board.clockHz, cycles };
}

/** One sentence for people: what the estimate rests on. */
export function explanation(summary: Counted, estimate: Estimate, board: BoardProfile): string {
  const perMac =
    summary.macs > 0
      ? `${(estimate.cycles / summary.macs).toFixed(1)} cycles per multiply-accumulate assumed`
      : 'counted';
  return (
    `Estimated, not measured: ${perMac} for a ${cores[board.core].name} ` +
    `at ${Math.round(board.clockHz / 1e6)} MHz, from instructions of the same engine counted in an emulator.`
  );
}
