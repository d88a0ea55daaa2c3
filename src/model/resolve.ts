/**
 * Checks a ModelSpec and works out what each layer reads and makes. Everything else that walks a model (trainers,
 * quantiser, writer, fit) walks the result of this. Knows nothing of weights' values or of training.
 */
import { ModelError } from './errors';
import type { LayerSpec, ModelSpec, Padding } from './spec';

/** Index of the model's own input where a layer's inputs are listed. */
export const modelInput = -1;

export interface ResolvedLayer {
  readonly spec: LayerSpec;
  /** Indices of the layers whose outputs are read; `modelInput` for the model's input. */
  readonly inputs: readonly number[];
  readonly inputShapes: readonly (readonly number[])[];
  readonly outputShape: readonly number[];
}

const kinds: ReadonlySet<string> = new Set<LayerSpec['kind']>([
  'dense',
  'conv1d',
  'conv2d',
  'depthwiseConv2d',
  'batchNorm',
  'activation',
  'maxPool1d',
  'averagePool1d',
  'maxPool2d',
  'averagePool2d',
  'globalAveragePool',
  'globalMaxPool',
  'flatten',
  'reshape',
  'dropout',
  'zeroPadding',
  'add',
  'softmax',
  'sigmoid',
]);
/** A dimension above this is a mistake or an attack, not a model for a board. */
const largestDimension = 1 << 20;
/** Values of one tensor, and of all weights: 256 MiB of float32. */
const largestTensor = 1 << 26;
const mostLayers = 1000;

export const product = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** Output length of a window that slides over `length`; may be < 1 for `valid`, which callers refuse. */
export function slidingLength(length: number, kernel: number, stride: number, padding: Padding): number {
  return padding === 'same' ? Math.ceil(length / stride) : Math.floor((length - kernel) / stride) + 1;
}

/** Zeros put before the first value with `same` padding (TensorFlow's rule: the odd one goes behind). */
export function paddingBefore(length: number, kernel: number, stride: number, padding: Padding): number {
  if (padding === 'valid') return 0;
  const total = Math.max((Math.ceil(length / stride) - 1) * stride + kernel - length, 0);
  return Math.floor(total / 2);
}

/** "Layer 3 (conv1d)" or "Layer 3 (conv1d "stem")": how errors name a layer, counted from 1. */
export function nameOfLayer(layer: { kind?: unknown; name?: unknown }, index: number): string {
  const kind = typeof layer.kind === 'string' ? layer.kind.slice(0, 40) : 'of no kind';
  const name = typeof layer.name === 'string' ? ` "${layer.name.slice(0, 60)}"` : '';
  return `Layer ${index + 1} (${kind}${name})`;
}

class Checker {
  constructor(
    private readonly layer: LayerSpec,
    private readonly index: number,
  ) {}

  fail(problem: string): never {
    throw new ModelError(
      'bad-spec',
      `${nameOfLayer(this.layer, this.index)} ${problem}.`,
      'Choose another model or size, or correct that layer.',
    );
  }

  count(value: unknown, what: string, low = 1): void {
    if (!Number.isInteger(value) || (value as number) < low || (value as number) > largestDimension)
      this.fail(`has ${what} ${String(value)}, which must be a whole number from ${low} to ${largestDimension}`);
  }

  pair(value: unknown, what: string): void {
    if (!Array.isArray(value) || value.length !== 2) this.fail(`needs two numbers as its ${what}`);
    for (const entry of value) this.count(entry, what);
  }

  oneOf(value: unknown, what: string, allowed: readonly string[]): void {
    if (!allowed.includes(value as string))
      this.fail(`has the ${what} "${String(value)}", not one of ${allowed.join(', ')}`);
  }

  within(value: unknown, what: string, low: number, high: number): void {
    if (typeof value !== 'number' || !(value >= low && value < high))
      this.fail(`has the ${what} ${String(value)}, which must be at least ${low} and below ${high}`);
  }

  rank(shape: readonly number[], rank: number, what: string): void {
    if (shape.length !== rank) this.fail(`needs ${what} but gets [${shape.join(', ')}]`);
  }
}

const activations = ['none', 'relu', 'relu6'];
const paddings = ['same', 'valid'];

function checkFields(layer: LayerSpec, check: Checker): void {
  if (
    'activation' in layer ||
    ['dense', 'conv1d', 'conv2d', 'depthwiseConv2d', 'batchNorm', 'activation', 'add'].includes(layer.kind)
  )
    check.oneOf((layer as { activation?: unknown }).activation, 'activation', activations);
  if ('bias' in layer && layer.bias !== undefined && typeof layer.bias !== 'boolean')
    check.fail('must say true or false of its bias');
  if ('l2' in layer && layer.l2 !== undefined) check.within(layer.l2, 'l2 penalty', 0, 1000);
  switch (layer.kind) {
    case 'dense':
      return check.count(layer.units, 'units');
    case 'conv1d':
      check.count(layer.filters, 'filters');
      check.count(layer.kernel, 'kernel');
      check.count(layer.stride, 'stride');
      return check.oneOf(layer.padding, 'padding', paddings);
    case 'conv2d':
    case 'depthwiseConv2d':
      check.count(
        layer.kind === 'conv2d' ? layer.filters : layer.multiplier,
        layer.kind === 'conv2d' ? 'filters' : 'multiplier',
      );
      check.pair(layer.kernel, 'kernel');
      check.pair(layer.stride, 'stride');
      return check.oneOf(layer.padding, 'padding', paddings);
    case 'maxPool1d':
    case 'averagePool1d':
      check.count(layer.size, 'size');
      check.count(layer.stride, 'stride');
      return check.oneOf(layer.padding, 'padding', paddings);
    case 'maxPool2d':
    case 'averagePool2d':
      check.pair(layer.size, 'size');
      check.pair(layer.stride, 'stride');
      return check.oneOf(layer.padding, 'padding', paddings);
    case 'batchNorm':
      if (layer.momentum !== undefined) check.within(layer.momentum, 'momentum', 0, 1);
      if (layer.epsilon !== undefined) check.within(layer.epsilon, 'epsilon', 1e-12, 1);
      return;
    case 'dropout':
      return check.within(layer.rate, 'rate', 0, 1);
    case 'reshape':
      if (!Array.isArray(layer.shape) || layer.shape.length < 1 || layer.shape.length > 3)
        check.fail('needs a shape of 1 to 3 numbers');
      for (const entry of layer.shape) check.count(entry, 'shape');
      return;
    case 'zeroPadding':
      if (!Array.isArray(layer.padding) || layer.padding.length !== 4)
        check.fail('needs four numbers (top, bottom, left, right) as its padding');
      for (const entry of layer.padding) check.count(entry, 'padding', 0);
      return;
    default:
  }
}

function slide(check: Checker, length: number, kernel: number, stride: number, padding: Padding): number {
  const out = slidingLength(length, kernel, stride, padding);
  if (out < 1) check.fail(`slides a window of ${kernel} over only ${length} values`);
  return out;
}

/** Shape that a checked layer makes from its inputs' shapes. */
function outputShapeOf(layer: LayerSpec, inputs: readonly (readonly number[])[], check: Checker): number[] {
  const input = inputs[0];
  switch (layer.kind) {
    case 'dense':
      check.rank(input, 1, 'a flat list of values (put a flatten layer before it)');
      return [layer.units];
    case 'conv1d':
      check.rank(input, 2, 'the shape [time, channels]');
      return [slide(check, input[0], layer.kernel, layer.stride, layer.padding), layer.filters];
    case 'maxPool1d':
    case 'averagePool1d':
      check.rank(input, 2, 'the shape [time, channels]');
      return [slide(check, input[0], layer.size, layer.stride, layer.padding), input[1]];
    case 'conv2d':
    case 'depthwiseConv2d':
    case 'maxPool2d':
    case 'averagePool2d': {
      check.rank(input, 3, 'the shape [height, width, channels]');
      const window = 'kernel' in layer ? layer.kernel : layer.size;
      const channels =
        layer.kind === 'conv2d'
          ? layer.filters
          : layer.kind === 'depthwiseConv2d'
            ? input[2] * layer.multiplier
            : input[2];
      return [
        slide(check, input[0], window[0], layer.stride[0], layer.padding),
        slide(check, input[1], window[1], layer.stride[1], layer.padding),
        channels,
      ];
    }
    case 'globalAveragePool':
    case 'globalMaxPool':
      if (input.length < 2)
        check.fail(`needs [time, channels] or [height, width, channels] but gets [${input.join(', ')}]`);
      return [input[input.length - 1]];
    case 'flatten':
      return [product(input)];
    case 'reshape':
      if (product(layer.shape) !== product(input))
        check.fail(`cannot turn [${input.join(', ')}] into [${layer.shape.join(', ')}]`);
      return [...layer.shape];
    case 'zeroPadding': {
      const [top, bottom, left, right] = layer.padding;
      check.rank(input, 3, 'the shape [height, width, channels]');
      return [input[0] + top + bottom, input[1] + left + right, input[2]];
    }
    case 'add':
      if (inputs.length !== 2) check.fail('needs exactly two inputs');
      if (inputs[1].join() !== input.join())
        check.fail(`cannot add [${input.join(', ')}] and [${inputs[1].join(', ')}]`);
      return [...input];
    case 'softmax':
      if (input.length !== 1 && input.length !== 3)
        check.fail(`needs a flat list of values or [height, width, classes] but gets [${input.join(', ')}]`);
      return [...input];
    case 'sigmoid':
    case 'batchNorm':
    case 'activation':
    case 'dropout':
      return [...input];
  }
}

function checkInputShape(input: unknown): asserts input is readonly number[] {
  const fine =
    Array.isArray(input) &&
    input.length >= 1 &&
    input.length <= 3 &&
    input.every((entry) => Number.isInteger(entry) && entry >= 1 && entry <= largestDimension) &&
    product(input) <= largestTensor;
  if (!fine)
    throw new ModelError(
      'bad-spec',
      `The model's input shape [${String(input)}] is not one to three whole numbers of a sensible size.`,
      'Check the window and the features of the impulse.',
    );
}

function inputsOf(layer: LayerSpec, index: number, names: ReadonlyMap<string, number>, check: Checker): number[] {
  const named: readonly string[] | undefined = layer.inputs;
  if (named === undefined) return [index - 1];
  // A plain boolean: narrowing by Array.isArray would make the entries `any`.
  const isList: boolean = Array.isArray(named);
  if (!isList || named.length < 1 || named.length > 2) check.fail('must name one or two inputs');
  if (named.length === 2 && layer.kind !== 'add') check.fail('reads two inputs, which only an add layer can');
  return named.map(
    (name) => names.get(name) ?? check.fail(`reads "${String(name).slice(0, 60)}", which no earlier layer is called`),
  );
}

/**
 * Validates the whole spec. Layers may only read earlier layers; the last layer is the output.
 * @throws ModelError `bad-spec` or `too-large` with one sentence that names the layer (counted from 1).
 */
export function resolveModel(spec: ModelSpec): readonly ResolvedLayer[] {
  const broken = (problem: string): never => {
    throw new ModelError('bad-spec', problem, 'Make the model again, or open the project with a newer Dormouse.');
  };
  if (typeof spec !== 'object' || spec === null || spec.version !== 1)
    broken('This is not a model description of version 1.');
  checkInputShape(spec.input);
  if (!Array.isArray(spec.layers) || spec.layers.length === 0) broken('The model has no layers.');
  if (spec.layers.length > mostLayers)
    broken(`The model has ${spec.layers.length} layers; at most ${mostLayers} are allowed.`);
  const names = new Map<string, number>([['input', modelInput]]);
  const resolved: ResolvedLayer[] = [];
  spec.layers.forEach((layer: LayerSpec, index) => {
    if (typeof layer !== 'object' || layer === null) broken(`Layer ${index + 1} is not a layer.`);
    const check = new Checker(layer, index);
    if (!kinds.has(layer.kind)) check.fail('is of a kind that Dormouse does not know');
    checkFields(layer, check);
    const inputs = inputsOf(layer, index, names, check);
    const inputShapes = inputs.map((from) => (from === modelInput ? spec.input : resolved[from].outputShape));
    const outputShape = outputShapeOf(layer, inputShapes, check);
    if (outputShape.some((entry) => entry > largestDimension) || product(outputShape) > largestTensor) {
      const problem = `${nameOfLayer(layer, index)} would make ${outputShape.join(' x ')} values, more than fit into memory.`;
      throw new ModelError('too-large', problem, 'Choose a smaller window or a smaller model.');
    }
    if (layer.name !== undefined) {
      if (typeof layer.name !== 'string' || names.has(layer.name)) check.fail('has a name that is already taken');
      names.set(layer.name, index);
    }
    resolved.push({ spec: layer, inputs, inputShapes, outputShape });
  });
  return resolved;
}

/** The output shape of every layer, in order, without the batch. @throws ModelError for a spec that is not a network. */
export function shapesOf(spec: ModelSpec): number[][] {
  return resolveModel(spec).map((layer) => [...layer.outputShape]);
}
