/**
 * What the settings of Keras's layers have in common, read into the terms of a ModelSpec; and the shape that a layer's
 * conversion has. Knows no layer by name.
 */
import type { LayerSpec, Padding } from '../spec';
import type { WeightName } from '../weights';
import { field, isFields, quoted, wholeNumbers, type Fields } from './fields';

/** Where an array of a layer comes from: the variable's name and its place among the layer's own, or known numbers. */
export type WeightOrigin = { readonly variable: string; readonly place: number } | { readonly numbers: number[] };

export interface Piece {
  readonly spec: LayerSpec;
  readonly weights: Readonly<Partial<Record<WeightName, WeightOrigin>>>;
}

/** The layers, each reading the one before, that do what one of Keras's does; none where it does nothing here. */
export interface Conversion {
  readonly pieces: readonly Piece[];
  readonly note?: string;
}

export interface Known {
  /** What of the settings Dormouse does not have, as "dilation 2 x 2". */
  problem?(config: Fields): string | undefined;
  /** A text says why it is impossible for this input shape. */
  convert(config: Fields, shape: readonly number[], name: string): Conversion | string;
}

export type Pair = readonly [number, number];

/** A number for both directions, or one for each; undefined where it is neither. */
export function pairOf(value: unknown, fallback: Pair): Pair | undefined {
  const list = wholeNumbers(typeof value === 'number' ? [value, value] : value, 1);
  if (value === undefined) return fallback;
  return list?.length === 1 ? [list[0], list[0]] : list?.length === 2 ? [list[0], list[1]] : undefined;
}

export const flag = (config: Fields, name: string, fallback: boolean): boolean =>
  typeof config[name] === 'boolean' ? config[name] : fallback;

export const one = (spec: LayerSpec, weights: Piece['weights'] = {}): Conversion => ({ pieces: [{ spec, weights }] });
export const nothing: Conversion = { pieces: [] };

/** Keras 3 wraps a named function as an object; the name stands in its settings. */
function activationName(config: Fields): string {
  let value = field(config, 'activation');
  if (isFields(value)) value = field(value, 'config');
  return typeof value === 'string' ? value : value === undefined ? 'linear' : JSON.stringify(value);
}

const activationPieces: Readonly<Record<string, readonly LayerSpec[]>> = {
  linear: [],
  relu: [{ kind: 'activation', activation: 'relu' }],
  relu6: [{ kind: 'activation', activation: 'relu6' }],
  softmax: [{ kind: 'softmax' }],
  sigmoid: [{ kind: 'sigmoid' }],
};

export function activationProblem(config: Fields): string | undefined {
  const name = activationName(config);
  return Object.hasOwn(activationPieces, name) ? undefined : `activation ${quoted(name)}`;
}

export const activated = (conversion: Conversion, config: Fields): Conversion => ({
  ...conversion,
  pieces: [...conversion.pieces, ...activationPieces[activationName(config)].map((spec) => ({ spec, weights: {} }))],
});

export const paddingOf = (config: Fields): Padding => (config['padding'] === 'same' ? 'same' : 'valid');
export const l2Of = (config: Fields, name: string): { l2?: number } => {
  const regularizer = field(config, name);
  const l2 = isFields(regularizer) ? field(isFields(regularizer['config']) ? regularizer['config'] : {}, 'l2') : 0;
  return typeof l2 === 'number' && l2 > 0 && l2 < 1000 ? { l2 } : {};
};

export function slidingProblem(config: Fields, window: string): string | undefined {
  const padding = field(config, 'padding') ?? 'valid';
  if (padding !== 'same' && padding !== 'valid') return `padding ${quoted(padding)}`;
  if ((field(config, 'data_format') ?? 'channels_last') !== 'channels_last') return 'channels first';
  const dilation = pairOf(field(config, 'dilation_rate'), [1, 1]);
  if (!dilation || dilation.some((rate) => rate !== 1)) return `dilation ${dilation?.join(' x ') ?? 'unreadable'}`;
  if ((field(config, 'groups') ?? 1) !== 1) return `${quoted(config['groups'])} groups`;
  if (!pairOf(field(config, window), [2, 2])) return `${window.replace('_', ' ')} ${quoted(config[window])}`;
  if (!pairOf(field(config, 'strides'), [1, 1])) return `strides ${quoted(config['strides'])}`;
  return undefined;
}

export const slidingFields = (config: Fields) => ({
  kernel: pairOf(config['kernel_size'], [1, 1]) as Pair,
  stride: pairOf(field(config, 'strides'), [1, 1]) as Pair,
  padding: paddingOf(config),
});

export const biasOf = (config: Fields, place: number): Piece['weights'] =>
  flag(config, 'use_bias', true) ? { bias: { variable: 'bias', place } } : {};
export const withoutBias = (config: Fields) => (flag(config, 'use_bias', true) ? {} : { bias: false as const });

export const numberOf = (config: Fields, name: string, fallback: number): number =>
  typeof config[name] === 'number' ? config[name] : fallback;

export function channelsFirst(config: Fields): string | undefined {
  return (field(config, 'data_format') ?? 'channels_last') === 'channels_last' ? undefined : 'channels first';
}
