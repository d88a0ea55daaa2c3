/**
 * The compression report: forms of one network (float, int8, quantisation-aware, pruned) on the same rows, side by side.
 * Knows nothing of projects or of how it is shown.
 */
import type { Core } from '../../core';
import { macsOf, parameterCount, product } from '../../model';
import { objectiveOf, type LabelledRows, type ResolvedObjective, type TrainEngine } from '../../train';
import { CompressError } from '../errors';
import { floatOutputs, floatTflite } from '../quantise';
import { runInt8 } from '../score';
import type { CompressionReport, LayerNoise, ReportVariant, VariantReport } from '../types';
import { zeroShareOf } from '../weights-share';
import { accuracyOf, decisionsOf, flippedRows, macroF1Of, meanSquaredErrorOf, scoresPerLabel } from './answers';
import { plannedTflite } from '../memory-plan';
import { deflatedBytesOf } from './deflate';
import { layerNoise } from './noise';

export interface ReportOptions {
  /** Computes the float variants much faster than the reference loops that stand in for it. */
  readonly engine?: TrainEngine | undefined;
  /** Rows, spread evenly, over which layers are compared; default 32. */
  readonly layerRows?: number | undefined;
  /** Awaited every few rows of an int8 variant; may throw to end the work. */
  readonly pause?: (() => Promise<void>) | undefined;
}

const defaultLayerRows = 32;
/** Rows between two pauses. */
const rowsAtOnce = 32;

/**
 * @param variants of the same task (input and answers); rows that flipped are counted against the first.
 * @param rows labelled as for training; regression wants `targets`.
 * @throws CompressError `bad-options` where there is no row or no variant, or they do not fit together; CoreError.
 */
export async function compressionReport(
  core: Core,
  variants: readonly ReportVariant[],
  rows: LabelledRows,
  options: ReportOptions = {},
): Promise<CompressionReport> {
  const objective = checkedObjective(variants, rows);
  let reference: Int32Array | undefined;
  const reports: VariantReport[] = [];
  for (const variant of variants) {
    const answers = await answersOf(core, variant, rows, options);
    const decisions = decisionsOf(objective, answers);
    reference ??= decisions;
    const layers = noiseOf(core, variant, rows, options.layerRows ?? defaultLayerRows);
    reports.push({
      name: variant.name,
      kind: variant.quantized ? 'int8' : 'float',
      ...scored(objective, answers, decisions, rows),
      flipped: flippedRows(decisions, reference, objective.cells),
      ...sizesOf(core, variant),
      layers,
      worst: layers.reduce<LayerNoise | null>((worst, one) => (worst && worst.snrDb <= one.snrDb ? worst : one), null),
    });
  }
  return { objective: objective.objective, rows: rows.count, variants: reports };
}

function checkedObjective(variants: readonly ReportVariant[], rows: LabelledRows): ResolvedObjective {
  const fail = (problem: string): never => {
    throw new CompressError('bad-options', problem, 'Train the model again on the data that it is tested with.');
  };
  if (variants.length === 0 || rows.count < 1) return fail('There is nothing to report on.');
  const all = variants.map(({ spec }) => objectiveOf(spec));
  const [first] = all;
  if (all.some(({ outputs, width }) => outputs !== first.outputs || width !== first.width))
    fail('The models do not answer the same question.');
  if (rows.x.length !== rows.count * first.width) fail('The rows are not what the model was made for.');
  const labels = first.objective === 'regression' ? 0 : rows.count * first.cells;
  if (rows.y.length !== labels) fail('The rows are not labelled as the model needs it.');
  if (first.objective === 'regression') {
    const { targets } = rows;
    if ((targets instanceof Float32Array ? targets.length : rows.x.length) !== rows.count * first.outputs)
      fail('The rows do not say what the model should answer.');
  }
  return first;
}

async function answersOf(
  core: Core,
  { spec, weights, quantized }: ReportVariant,
  { x, count }: LabelledRows,
  { engine, pause }: ReportOptions,
): Promise<Float32Array> {
  if (!quantized) return engine ? engine.predict(spec, weights, x, count) : floatOutputs(spec, weights, x, count);
  const width = x.length / count;
  const answers: number[] = [];
  for (let from = 0; from < count; from += rowsAtOnce) {
    const rows = Math.min(rowsAtOnce, count - from);
    for (const score of runInt8(core, quantized, x.subarray(from * width, (from + rows) * width), rows).scores)
      answers.push(score);
    await pause?.();
  }
  return Float32Array.from(answers);
}

type Scored = Pick<VariantReport, 'accuracy' | 'macroF1' | 'perLabel' | 'meanSquaredError'>;

function scored(
  { objective, classes }: ResolvedObjective,
  answers: Float32Array,
  decisions: Int32Array,
  rows: LabelledRows,
): Scored {
  if (objective === 'regression')
    return { accuracy: null, macroF1: null, perLabel: [], meanSquaredError: meanSquaredErrorOf(answers, rows) };
  const perLabel = scoresPerLabel(decisions, rows.y, classes);
  const macroF1 = macroF1Of(perLabel, objective === 'cells' ? 1 : 0);
  return { accuracy: accuracyOf(decisions, rows.y), macroF1, perLabel, meanSquaredError: null };
}

function noiseOf(core: Core, variant: ReportVariant, { x, count }: LabelledRows, most: number): LayerNoise[] {
  if (!variant.quantized) return [];
  const width = product(variant.spec.input);
  const chosen = Math.min(most, count);
  const some = new Float32Array(chosen * width);
  for (let i = 0; i < chosen; i++) {
    const row = Math.floor((i * count) / chosen);
    some.set(x.subarray(row * width, (row + 1) * width), i * width);
  }
  return layerNoise(core, variant, variant.quantized, some, chosen);
}

type Sizes = Pick<VariantReport, 'bytes' | 'deflatedBytes' | 'arenaBytes' | 'macs' | 'parameters' | 'zeroShare'>;

function sizesOf(core: Core, { spec, weights, quantized }: ReportVariant): Sizes {
  const file = quantized?.tflite ?? floatTflite(spec, weights);
  return {
    bytes: file.length,
    deflatedBytes: deflatedBytesOf(file),
    arenaBytes: quantized ? arenaOf(core, quantized.tflite) : null,
    macs: macsOf(spec),
    parameters: parameterCount(spec),
    zeroShare: zeroShareOf(file),
  };
}

function arenaOf(core: Core, tflite: Uint8Array): number {
  const open = core.openModel(plannedTflite(core, tflite));
  open.close();
  return open.arenaBytes;
}
