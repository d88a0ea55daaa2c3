/**
 * The layers of a Keras model, as one flat graph: Sequential and Functional models, models within models, in the
 * dialects of Keras 2, Keras 3 and TensorFlow.js. Each layer keeps its class and settings unread.
 *
 * Knows nothing of what layers do, or where weights are stored.
 */
import { ModelError } from '../errors';
import { damagedModel, field, fieldsOf, isFields, listOf, quoted, textOf, wholeNumbers, type Fields } from './fields';

export interface KerasLayer {
  /** Unique in the graph: the names of the models around it, then its own. */
  readonly id: string;
  readonly name: string;
  readonly className: string;
  readonly config: Fields;
  /** Ids of the layers whose outputs it reads. */
  inputs: string[];
  /** Folder of its weights in a .keras file of today: classes, counted from 0 within each model. */
  readonly path: string;
  /** The layer of the outermost model that it belongs to, under which a legacy .h5 keeps its weights. */
  readonly top: string;
}

export interface KerasGraph {
  /** Every layer stands behind those it reads. */
  readonly layers: readonly KerasLayer[];
  /** Shape of the one input, without the batch. */
  readonly input: readonly number[];
  readonly inputId: string;
  readonly outputId: string;
}

const mostLayers = 1000;
const deepestModel = 8;
const modelClasses = new Set(['Sequential', 'Functional', 'Model']);

function unsupported(what: string): ModelError {
  return new ModelError('unknown-layers', what, 'Save a model with one input and one output, made of layers.');
}

/** Keras's own way from a class to the name under which it stores weights: DepthwiseConv2D becomes depthwise_conv2d. */
export function snakeCase(className: string): string {
  return className
    .replace(/\W+/g, '')
    .replace(/(.)([A-Z][a-z]+)/g, '$1_$2')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase();
}

interface Scope {
  readonly id: string;
  readonly path: string;
  readonly top: string | undefined;
  readonly depth: number;
}

/** What a model within another hands to it: the layer that takes its input, and the one that makes its output. */
interface Ends {
  readonly input: string;
  readonly output: string;
}

class Flattener {
  readonly layers = new Map<string, KerasLayer>();
  /** Shapes that InputLayers, or the first layers of Keras 2 Sequentials, declare. */
  readonly declared = new Map<string, readonly unknown[]>();

  model(description: Fields, scope: Scope): Ends {
    const className = textOf(field(description, 'class_name'), 'class of a model');
    if (!modelClasses.has(className))
      throw unsupported(`The model is of the class ${quoted(className)}, which exists only as somebody's program.`);
    if (scope.depth > deepestModel) throw damagedModel(`The model holds models ${deepestModel} deep and more.`);
    const config = field(description, 'config');
    // Early TensorFlow.js wrote a Sequential's layers without a wrapper.
    const settings: Fields = Array.isArray(config) ? { layers: config } : fieldsOf(config, 'settings of the model');
    const entries = listOf(field(settings, 'layers'), 'layers').map((entry) => fieldsOf(entry, 'layer'));
    const used = new Map<string, number>();
    const placed = entries.map((entry) => ({ entry, ends: this.layer(entry, scope, used) }));
    if (className === 'Sequential') return this.sequence(placed, settings, scope);
    return this.network(placed, settings);
  }

  private layer(entry: Fields, scope: Scope, used: Map<string, number>): Ends {
    const className = textOf(field(entry, 'class_name'), 'class of a layer');
    const config = fieldsOf(field(entry, 'config') ?? {}, 'settings of a layer');
    const name = textOf(field(config, 'name') ?? field(entry, 'name') ?? className, 'name of a layer');
    const kind = snakeCase(className);
    const number = used.get(kind) ?? 0;
    used.set(kind, number + 1);
    const id = scope.id + name;
    const path = `${scope.path}layers/${kind}${number ? `_${number}` : ''}`;
    const top = scope.top ?? name;
    if (modelClasses.has(className))
      return this.model(entry, { id: `${id}/`, path: `${path}/`, top, depth: scope.depth + 1 });
    if (this.layers.has(id)) throw damagedModel(`The model has two layers called ${quoted(name)}.`);
    if (this.layers.size >= mostLayers)
      throw new ModelError('too-large', `The model has more than ${mostLayers} layers.`, 'Choose a smaller model.');
    this.layers.set(id, { id, name, className, config, inputs: [], path, top });
    const shape = field(config, 'batch_shape', 'batch_input_shape', 'batchInputShape');
    if (Array.isArray(shape)) this.declared.set(id, shape);
    return { input: id, output: id };
  }

  private sequence(placed: readonly { ends: Ends }[], settings: Fields, scope: Scope): Ends {
    if (placed.length === 0) throw damagedModel('The model has no layers.');
    for (let index = 1; index < placed.length; index++)
      this.connect(placed[index].ends.input, placed[index - 1].ends.output);
    const first = placed[0].ends.input;
    const shape = field(settings, 'build_input_shape');
    if (!this.declared.has(first) && Array.isArray(shape) && scope.depth === 0) this.declared.set(first, shape);
    return { input: first, output: placed[placed.length - 1].ends.output };
  }

  private connect(to: string, from: string): void {
    this.layers.get(to)?.inputs.push(from);
  }

  private network(placed: readonly { entry: Fields; ends: Ends }[], settings: Fields): Ends {
    const ends = new Map<string, Ends>();
    for (const { entry, ends: made } of placed) {
      const config = fieldsOf(field(entry, 'config') ?? {}, 'settings of a layer');
      const name = textOf(field(entry, 'name') ?? field(config, 'name'), 'name of a layer');
      ends.set(name, made);
    }
    const of = (name: string): Ends => {
      const found = ends.get(name);
      if (!found) throw damagedModel(`The model reads from a layer called ${quoted(name)}, which it does not have.`);
      return found;
    };
    for (const { entry, ends: made } of placed) {
      const calls = listOf(field(entry, 'inbound_nodes') ?? [], 'connections');
      if (calls.length > 1)
        throw unsupported(`The layer ${quoted(this.layers.get(made.input)?.name)} is used in several places.`);
      for (const name of calls.length ? sourcesOf(calls[0]) : []) this.connect(made.input, of(name).output);
    }
    const only = (list: unknown, what: string): string => {
      const names = endNames(list);
      if (names.length !== 1) throw unsupported(`The model has ${names.length} ${what}; Dormouse's have exactly one.`);
      return names[0];
    };
    return {
      input: of(only(field(settings, 'input_layers', 'inputLayers'), 'inputs')).input,
      output: of(only(field(settings, 'output_layers', 'outputLayers'), 'outputs')).output,
    };
  }
}

/** `["name", 0, 0]`, or a list of such. */
function endNames(value: unknown): string[] {
  const list = listOf(value, 'inputs and outputs');
  if (typeof list[0] === 'string') return [list[0]];
  return list.map((entry) => textOf(listOf(entry, 'inputs and outputs')[0], 'name of an input or output'));
}

/** Names that one call of a layer reads, in order: Keras 2 and TensorFlow.js list them, Keras 3 wraps each as a tensor. */
function sourcesOf(call: unknown): string[] {
  if (isFields(call)) {
    const names: string[] = [];
    collectTensors(field(call, 'args'), names, 0);
    const kwargs = field(call, 'kwargs');
    if (isFields(kwargs)) for (const value of Object.values(kwargs)) collectTensors(value, names, 0);
    return names;
  }
  const list = listOf(call, 'connections');
  if (typeof list[0] === 'string') return [list[0]];
  return list.map((entry) => textOf(listOf(entry, 'connections')[0], 'name of a connection'));
}

function collectTensors(value: unknown, names: string[], depth: number): void {
  if (depth > deepestModel) throw damagedModel('The model file nests its connections too deeply.');
  if (Array.isArray(value)) for (const entry of value) collectTensors(entry, names, depth + 1);
  if (!isFields(value) || field(value, 'class_name') !== '__keras_tensor__') return;
  const history = listOf(field(fieldsOf(field(value, 'config'), 'tensor'), 'keras_history'), 'connections');
  names.push(textOf(history[0], 'name of a connection'));
}

/** Layers that the output needs, each behind those it reads. */
function inOrder(layers: ReadonlyMap<string, KerasLayer>, outputId: string): KerasLayer[] {
  const order: KerasLayer[] = [];
  const state = new Map<string, 'open' | 'done'>();
  const stack = [outputId];
  while (stack.length) {
    const id = stack[stack.length - 1];
    const layer = layers.get(id);
    if (!layer || state.get(id) === 'done') {
      stack.pop();
      continue;
    }
    const waiting = layer.inputs.filter((input) => state.get(input) !== 'done');
    if (waiting.length === 0) {
      state.set(id, 'done');
      order.push(layer);
      stack.pop();
      continue;
    }
    if (state.get(id) === 'open' && waiting.some((input) => state.get(input) === 'open'))
      throw damagedModel(`The layer ${quoted(layer.name)} reads its own output.`);
    state.set(id, 'open');
    stack.push(...waiting.reverse());
  }
  return asWritten(layers, order);
}

/** The file's own order, where that is one in which layers stand behind those they read. */
function asWritten(layers: ReadonlyMap<string, KerasLayer>, order: KerasLayer[]): KerasLayer[] {
  const wanted = new Set(order);
  const written = [...layers.values()].filter((layer) => wanted.has(layer));
  const seen = new Set<string>();
  for (const layer of written) {
    if (!layer.inputs.every((input) => seen.has(input))) return order;
    seen.add(layer.id);
  }
  return written[written.length - 1] === order[order.length - 1] ? written : order;
}

/**
 * @param description `{ class_name, config }` of a whole model.
 * @throws ModelError `not-a-model` for what cannot be such a description, `unknown-layers` for several inputs, outputs
 * or uses of one layer, `too-large`.
 */
export function readTopology(description: Fields): KerasGraph {
  const flattener = new Flattener();
  const { input, output } = flattener.model(description, { id: '', path: '', top: undefined, depth: 0 });
  const layers = inOrder(flattener.layers, output);
  const heads = layers.filter((layer) => layer.inputs.length === 0);
  if (heads.length !== 1 || heads[0].id !== input) throw unsupported('The model reads more than its one input.');
  const shape = flattener.declared.get(input);
  if (!shape) throw damagedModel('The model does not say the shape of its input.');
  const sizes = wholeNumbers(shape.slice(1), 1);
  if (!sizes || sizes.length < 1 || sizes.length > 3)
    throw unsupported(
      `The model's input has the shape ${quoted(shape)}; Dormouse needs one to three fixed sizes behind the batch.`,
    );
  return { layers, input: sizes, inputId: input, outputId: output };
}
