/**
 * What one operation costs on a processor: the table behind the latency estimate. Pure data and arithmetic.
 *
 * Instructions are counted (operator-costs.ts, dsp-costs.ts). Cycles per instruction are an assumption: on a Cortex-M4F 1.4,
 * which is what its documented cycle counts give for TensorFlow Lite Micro's kernels without wait states. Nothing here was
 * measured on a board.
 */
import type { TfliteSummary } from '../compress';
import type { BoardProfile } from '../boards';
import type { DspBlock, WindowShape } from '../core';
import { dspInstructions, dspOfArmv6m, dspOfArmv7em, soundInstructions, type DspCosts } from './dsp-costs';
import * as operators from './operator-costs';

interface Kernels {
  readonly operators: operators.OperatorCosts;
  readonly dsp: DspCosts;
}

const armv7em: Kernels = { operators: operators.armv7em, dsp: dspOfArmv7em };
const armv6m: Kernels = { operators: operators.armv6m, dsp: dspOfArmv6m };

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

/** Instructions that one inference executes on this core, estimated. */
export function modelInstructions(summary: Counted, core: BoardProfile['core']): number {
  const { tensors } = summary;
  const costs = cores[core].kernels.operators;
  return summary.operators.reduce((sum, operator) => sum + operators.operatorInstructions(operator, tensors, costs), 0);
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
