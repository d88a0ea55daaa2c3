/**
 * Counts what a model needs on a board: RAM as the firmware divides it (firmware/PROTOCOL.md 6), flash as the slot
 * takes it, and time as costs.ts estimates it or as the board itself reported. Knows nothing of how models are made.
 */
import { createHash } from 'node:crypto';
import { boardById, type BoardProfile } from '../boards';
import { readTflite, type TfliteSummary } from '../compress';
import type { Core } from '../core';
import type { ResolvedImpulse } from '../impulse';
import { dspEstimate, explanation, modelEstimate, streamEstimate } from './costs';
import { FitError } from './errors';
import { ramItems, type BoardRun } from './ram';
import type { FitItem, FitReport, Measurement } from './types';

export interface FitQuestion {
  /** A profile, or the id of one. */
  readonly board: BoardProfile | string;
  /** Empty where nothing but an anomaly section answers. */
  readonly tflite: Uint8Array;
  readonly resolved: ResolvedImpulse;
  /** Bytes of the whole model image (manifest, normalisation, model, golden vectors). */
  readonly imageBytes: number;
  /** Results averaged on the board. */
  readonly smoothing?: number | undefined;
  /** What a connected board says in HELLO; better than the profile's figures. */
  readonly device?: { readonly freeRam: number; readonly slotBytes: number } | undefined;
  /** What the model listens to; default 'motion'. */
  readonly sensor?: BoardProfile['sensors'][number] | undefined;
  readonly measured?: readonly Measurement[] | undefined;
  /** How the board runs it; default: as a classifier at the impulse's own stride. */
  readonly run?: BoardRun | undefined;
}

type Counted = Pick<TfliteSummary, 'operators' | 'tensors' | 'macs'>;
/** Of an image that has nothing but an anomaly section. */
const noModel: Counted = { operators: [], tensors: [], macs: 0 };
/** Marks at the end of a slot (firmware/MODEL_SLOT.md 3). */
const trailerUnits = 8;

export function profileOf(board: BoardProfile | string): BoardProfile {
  if (typeof board !== 'string') return board;
  const profile = boardById(board);
  if (!profile)
    throw new FitError('unknown-board', `There is no board called "${board}".`, 'Choose one of the boards listed.');
  return profile;
}

const parametersOf = (core: Core, block: ResolvedImpulse['block']): Record<string, number> =>
  Object.fromEntries(
    core.dspParameters(block.kind).map((parameter, i) => [parameter.name, block.params[i] ?? parameter.default]),
  );

type Part = 'dspMicros' | 'modelMicros';

/** How many times the estimate other models took on such a board; the middle of all, undefined where none was measured. */
function learned(measured: readonly Measurement[], board: BoardProfile, part: Part): number | undefined {
  const ratios = measured
    .filter((one) => one.board === board.id && one.estimated && one.estimated[part] > 0 && one[part] > 0)
    .map((one) => one[part] / one.estimated![part])
    .sort((a, b) => a - b);
  return ratios[ratios.length >> 1];
}

function latencyOf(core: Core, summary: Counted, board: BoardProfile, question: FitQuestion): FitReport['latency'] {
  const { resolved, measured = [], tflite } = question;
  const sha256 = createHash('sha256').update(tflite).digest('hex');
  const fact = measured.find((one) => one.board === board.id && one.modelSha256 === sha256);
  if (fact)
    return {
      dspMs: fact.dspMicros / 1000,
      modelMs: fact.modelMicros / 1000,
      basis: 'measured',
      explanation: `Measured on the board itself: ${board.name}, this very model.`,
    };
  const { block, shape, featureCount } = resolved;
  const parameters = parametersOf(core, block);
  const model = modelEstimate(summary, board);
  const features = dspEstimate(block, parameters, shape, featureCount, board).ms;
  const slower = learned(measured, board, 'modelMicros');
  const counted = explanation(summary, model, board);
  return {
    dspMs: features * (learned(measured, board, 'dspMicros') ?? 1),
    modelMs: model.ms * (slower ?? 1),
    basis: 'estimated',
    explanation:
      slower === undefined
        ? counted
        : `${counted} Corrected by what was measured there with another model: ${slower.toFixed(2)} times the estimate.`,
  };
}

/** How much of its time the board spends on recognition, with a result for every stride. */
function busyOf(
  core: Core,
  latency: FitReport['latency'],
  board: BoardProfile,
  question: FitQuestion,
): FitReport['busy'] {
  const { resolved, run, sensor } = question;
  const { block, shape, featureCount } = resolved;
  const strideFrames = run?.strideFrames ?? resolved.strideFrames;
  const resultsPerSecond = sensor === 'camera' ? 1 : shape.rateHz / strideFrames;
  const streams = sensor === 'audio' && core.soundStateBytes(block, shape, strideFrames) !== undefined;
  if (!streams) return { share: ((latency.dspMs + latency.modelMs) * resultsPerSecond) / 1000, resultsPerSecond };
  // What streams is spared the part of a whole window's time that it is estimated to be spared.
  const parameters = parametersOf(core, block);
  const whole = dspEstimate(block, parameters, shape, featureCount, board).ms;
  const streamed = streamEstimate(block, parameters, shape, featureCount, strideFrames, board).ms;
  const dspMs = whole > 0 ? (latency.dspMs * streamed) / whole : latency.dspMs;
  return { share: ((dspMs + latency.modelMs) * resultsPerSecond) / 1000, resultsPerSecond };
}

const total = (items: readonly FitItem[]): number => items.reduce((sum, item) => sum + item.bytes, 0);
const kilobytes = (bytes: number): string => `${(bytes / 1024).toFixed(1)} KB`;

/** A board starts a model only if its sensor has the model's rate, give or take this much (firmware/PROTOCOL.md 3). */
const rateTolerance = 0.01;

/** What keeps the board from starting the model at all, whatever room it has; empty where nothing is known against it. */
function rateAdvice(board: BoardProfile, resolved: ResolvedImpulse, sensor: BoardProfile['sensors'][number]): string[] {
  const rates = sensor === 'motion' ? board.motionRatesHz : undefined;
  const { rateHz } = resolved.shape;
  if (!rates || rates.some((rate) => Math.abs(rateHz - rate) <= rateTolerance * rate)) return [];
  const nearest = rates.reduce((best, rate) => (Math.abs(rate - rateHz) < Math.abs(best - rateHz) ? rate : best));
  return [
    `The model listens at ${+rateHz.toFixed(2)} Hz, which the ${board.name}'s sensor does not offer (within 1 %), so it would not ` +
      `start there: set the impulse's rate to ${nearest} Hz and train again, or record at a rate of the board.`,
  ];
}

function adviceFor(report: Omit<FitReport, 'advice' | 'fits'>, resolved: ResolvedImpulse): string[] {
  const { ram, flash, latency, boardName } = report;
  const advice: string[] = [];
  if (ram.used > ram.available) {
    const [largest] = [...ram.items].sort((a, b) => b.bytes - a.bytes);
    const cure = /window|Samples|Features|Scratch/.test(largest.what)
      ? 'choose a shorter window or a lower rate'
      : 'choose a smaller model or a shorter window';
    advice.push(
      `It needs ${kilobytes(ram.used - ram.available)} more RAM than the ${boardName} has free; the largest part is ` +
        `"${largest.what}" (${kilobytes(largest.bytes)}): ${cure}.`,
    );
  }
  if (flash.used > flash.available)
    advice.push(
      `The model is ${kilobytes(flash.used - flash.available)} too large for a slot of the ${boardName}: choose a smaller model.`,
    );
  const strideMs = (1000 * resolved.strideFrames) / resolved.shape.rateHz;
  const needsMs = latency.dspMs + latency.modelMs;
  if (needsMs > strideMs)
    advice.push(
      `A new window comes every ${strideMs.toFixed(0)} ms but takes about ${needsMs.toFixed(0)} ms (${latency.basis}): ` +
        'choose a longer stride or a smaller model, or some windows will be skipped.',
    );
  return advice;
}

/**
 * @throws FitError `unknown-board`; CompressError or CoreError where the model cannot be read or run.
 */
export function estimateFit(core: Core, question: FitQuestion): FitReport {
  const board = profileOf(question.board);
  const summary: Counted = question.tflite.length > 0 ? readTflite(question.tflite) : noModel;
  const { sensor = 'motion', smoothing = 1, tflite, resolved, run } = question;
  const ram = ramItems(core, { ...run, tflite, resolved, smoothing, sensor });
  const flash: FitItem[] = [
    ...(tflite.length > 0 ? [{ what: 'Model (.tflite)', bytes: tflite.length }] : []),
    {
      what: `${tflite.length > 0 ? 'Labels' : 'Clusters, labels'}, settings, normalisation and test windows`,
      bytes: Math.max(0, question.imageBytes - tflite.length),
    },
  ];
  const slotBytes = question.device?.slotBytes ?? board.slotBytes;
  const latency = latencyOf(core, summary, board, question);
  const counted = {
    board: board.id,
    boardName: board.name,
    ram: { used: total(ram), available: question.device?.freeRam ?? board.freeRamBytes, items: ram },
    flash: { used: total(flash), available: slotBytes - trailerUnits * board.flashWriteUnit, items: flash },
    latency,
    busy: busyOf(core, latency, board, question),
    macs: summary.macs,
  };
  const fits = counted.ram.used <= counted.ram.available && counted.flash.used <= counted.flash.available;
  const advice = [
    ...rateAdvice(board, question.resolved, question.sensor ?? 'motion'),
    ...adviceFor(counted, question.resolved),
  ];
  return { ...counted, fits, advice };
}
