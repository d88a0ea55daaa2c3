/**
 * The settings of training: what each may be, in one place for the contract (a change of some of them) and for the
 * project's file (all of them, where a file of an older version lacks the newer ones). Pure: no Node, no DOM.
 */
import * as v from 'valibot';
import { modelKinds, type TrainSettings } from './reports';

const whole = (low: number, high: number) => v.pipe(v.number(), v.integer(), v.minValue(low), v.maxValue(high));
const within = (low: number, high: number) => v.pipe(v.number(), v.finite(), v.minValue(low), v.maxValue(high));

/** Shares lie below 1: a network without any weight answers nothing. */
export const pruneSchema = v.variant('kind', [
  v.object({ kind: v.literal('none') }),
  v.object({ kind: v.literal('synapses'), by: v.literal('share'), target: within(0.01, 0.99) }),
  v.object({ kind: v.literal('filters'), by: v.literal('share'), target: within(0.01, 0.95) }),
  v.object({ kind: v.literal('filters'), by: v.picklist(['bytes', 'macs']), target: whole(1, 1e12) }),
  v.object({
    kind: v.literal('filters'),
    by: v.literal('latency'),
    /** Milliseconds of one answer of the model, features not counted. */
    target: within(0.001, 1e6),
    board: v.pipe(v.string(), v.minLength(1), v.maxLength(200)),
  }),
]);

const anomalySchema = v.object({
  kind: v.picklist(['none', 'kmeans', 'mixture', 'autoencoder']),
  clusters: whole(1, 64),
  quantile: within(0.5, 1),
  normal: v.optional(
    v.pipe(v.array(v.pipe(v.string(), v.minLength(1), v.maxLength(64))), v.minLength(1), v.maxLength(1000)),
  ),
});

const settings = {
  engine: v.picklist(['core', 'tensorflow']),
  model: v.picklist(['auto', ...modelKinds]),
  size: v.picklist(['small', 'medium', 'large']),
  head: v.picklist(['softmax', 'oneVsRest']),
  epochs: whole(1, 10_000),
  batchSize: whole(1, 4096),
  learningRate: within(1e-7, 10),
  optimiser: v.picklist(['adam', 'adamw', 'sgd']),
  schedule: v.picklist(['falling', 'constant', 'cosine', 'step']),
  labelSmoothing: within(0, 0.5),
  seed: whole(0, 4294967295),
  threads: whole(0, 64),
  patience: whole(0, 10_000),
  augment: v.boolean(),
  quantisation: v.picklist(['auto', 'afterTraining', 'aware']),
  prune: pruneSchema,
  anomaly: anomalySchema,
  transfer: v.nullable(v.object({ from: v.pipe(v.string(), v.minLength(1), v.maxLength(4096)) })),
} as const;

/** Any of them, to be changed. */
export const trainChangeSchema = v.partial(v.object(settings));

/** What a setting is that a project of an older version does not name. */
export const laterSettings = {
  head: 'softmax',
  optimiser: 'adam',
  schedule: 'falling',
  labelSmoothing: 0,
  quantisation: 'auto',
  prune: { kind: 'none' },
  anomaly: { kind: 'none', clusters: 8, quantile: 0.99 },
  transfer: null,
} as const satisfies Partial<TrainSettings>;

/** All of them, as dormouse.json holds them. */
export const trainSettingsSchema = v.object({
  ...settings,
  head: v.optional(settings.head, laterSettings.head),
  optimiser: v.optional(settings.optimiser, laterSettings.optimiser),
  schedule: v.optional(settings.schedule, laterSettings.schedule),
  labelSmoothing: v.optional(settings.labelSmoothing, laterSettings.labelSmoothing),
  quantisation: v.optional(settings.quantisation, laterSettings.quantisation),
  prune: v.optional(settings.prune, laterSettings.prune),
  anomaly: v.optional(settings.anomaly, laterSettings.anomaly),
  transfer: v.optional(settings.transfer, laterSettings.transfer),
});
