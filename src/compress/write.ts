/**
 * Writes a graph as a .tflite file: schema version 3, int8 or float32 in and out. The same graph gives the same bytes.
 * Knows nothing of training or calibration.
 */
import { Builder, type Offset } from 'flatbuffers';
import type { Graph, GraphNode, WeightedNode } from './graph';
import type { Quantization, QuantizedGraph, QuantizedWeights } from './quantize-graph';
import {
  activationCodes,
  fileIdentifier,
  floatOperatorVersion,
  operatorCodes,
  operatorVersions,
  optionsTypes,
  paddingCodes,
  schemaVersion,
  slots,
  typeCodes,
  type OperatorName,
} from './schema/facts';
import {
  alignedBytes,
  float32Vector,
  int32Vector,
  int64Vector,
  offsetVector,
  writeTable,
  type Field,
} from './schema/table-writer';

interface StoredQuantization {
  readonly scales: ArrayLike<number>;
  readonly zeroPoints: readonly number[];
  readonly dimension: number;
}

interface StoredTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly type: keyof typeof typeCodes;
  /** Absent for what is computed. */
  readonly data?: Uint8Array | undefined;
  readonly quantization?: StoredQuantization | undefined;
}

interface StoredOperator {
  readonly op: OperatorName;
  readonly version: number;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly node: GraphNode;
}

/** What stands in the file for numbers: int8 with scales, or float32 as they are. */
interface Encoding {
  readonly graph: Graph;
  readonly type: 'int8' | 'float32';
  version(node: GraphNode): number;
  /** Of a value of the graph. */
  quantization(value: number): StoredQuantization | undefined;
  weights(node: WeightedNode): { readonly kernel: StoredNumbers; readonly bias: StoredNumbers };
}

interface StoredNumbers {
  readonly data: Int8Array | Int32Array | Float32Array;
  readonly quantization?: StoredQuantization | undefined;
}

/** Collects tensors and operators in the file's order. */
class Collector {
  readonly tensors: StoredTensor[] = [];
  readonly operators: StoredOperator[] = [];
  private readonly places = new Map<number, number>();

  constructor(private readonly encoding: Encoding) {}

  /** The tensor that holds a value of the graph. */
  place(value: number): number {
    let place = this.places.get(value);
    if (place === undefined) {
      const { name, shape } = this.encoding.graph.values[value];
      const { type } = this.encoding;
      place = this.tensors.push({ name, shape, type, quantization: this.encoding.quantization(value) }) - 1;
      this.places.set(value, place);
    }
    return place;
  }

  private constant(name: string, shape: readonly number[], { data, quantization }: StoredNumbers): number {
    const type = data instanceof Int8Array ? 'int8' : data instanceof Int32Array ? 'int32' : 'float32';
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    return this.tensors.push({ name, shape, type, data: bytes, quantization }) - 1;
  }

  node(node: GraphNode): void {
    const inputs = [...node.inputs.map((value) => this.place(value)), ...this.constants(node)];
    const version = this.encoding.version(node);
    this.operators.push({ op: node.op, version, inputs, outputs: [this.place(node.output)], node });
  }

  private constants(node: GraphNode): number[] {
    const list = (what: string, shape: readonly number[], ...values: number[]): number[] => [
      this.constant(`${node.name}/${what}`, shape, { data: Int32Array.from(values) }),
    ];
    switch (node.op) {
      case 'CONV_2D':
      case 'DEPTHWISE_CONV_2D':
      case 'FULLY_CONNECTED':
        return this.weights(node);
      case 'PAD': {
        const [top, bottom, left, right] = node.padding;
        return list('paddings', [4, 2], 0, 0, top, bottom, left, right, 0, 0);
      }
      case 'MEAN':
        return list('axes', [2], 1, 2);
      case 'RESHAPE': {
        const { shape } = this.encoding.graph.values[node.output];
        return list('shape', [shape.length], ...shape);
      }
      default:
        return [];
    }
  }

  private weights(node: WeightedNode): number[] {
    const { kernel, bias } = this.encoding.weights(node);
    const channels = node.bias.length;
    const inner = node.weights.length / channels;
    const shape =
      node.op === 'FULLY_CONNECTED'
        ? [channels, inner]
        : node.op === 'CONV_2D'
          ? [channels, ...node.kernel, inner / (node.kernel[0] * node.kernel[1])]
          : [1, ...node.kernel, channels];
    return [this.constant(`${node.name}/weights`, shape, kernel), this.constant(`${node.name}/bias`, [channels], bias)];
  }
}

function int8Encoding(quantized: QuantizedGraph): Encoding {
  const weightsOf = (node: WeightedNode): QuantizedWeights => {
    const found = quantized.weights.get(node);
    if (!found) throw new Error(`the weights of ${node.name} were not quantised`);
    return found;
  };
  return {
    graph: quantized.graph,
    type: 'int8',
    // Per-channel weights came to fully connected layers with version 12.
    version: (node) =>
      node.op === 'FULLY_CONNECTED' && weightsOf(node).scales.length > 1 ? 12 : operatorVersions[node.op],
    quantization: (value) => perTensor(quantized.values[value]),
    weights: (node) => {
      const { values, bias, scales, biasScales } = weightsOf(node);
      const zeroPoints = Array.from(scales, () => 0);
      const dimension = node.op === 'DEPTHWISE_CONV_2D' ? 3 : 0;
      return {
        kernel: { data: values, quantization: { scales, zeroPoints, dimension } },
        bias: { data: bias, quantization: { scales: biasScales, zeroPoints, dimension: 0 } },
      };
    },
  };
}

function floatEncoding(graph: Graph): Encoding {
  return {
    graph,
    type: 'float32',
    version: () => floatOperatorVersion,
    quantization: () => undefined,
    weights: (node) => ({
      kernel: { data: Float32Array.from(node.weights) },
      bias: { data: Float32Array.from(node.bias) },
    }),
  };
}

const perTensor = ({ scale, zeroPoint }: Quantization): StoredQuantization => ({
  scales: [scale],
  zeroPoints: [zeroPoint],
  dimension: 0,
});

function optionsFields(node: GraphNode): { count: number; fields: Field[] } {
  switch (node.op) {
    case 'CONV_2D':
      return {
        count: 6,
        fields: [
          ...windowFields(slots.conv2d, node),
          [slots.conv2d.activation, 'int8', activationCodes[node.activation]],
        ],
      };
    case 'DEPTHWISE_CONV_2D':
      return {
        count: 7,
        fields: [
          ...windowFields(slots.depthwiseConv2d, node),
          [slots.depthwiseConv2d.multiplier, 'int32', node.multiplier],
          [slots.depthwiseConv2d.activation, 'int8', activationCodes[node.activation]],
        ],
      };
    case 'MAX_POOL_2D':
    case 'AVERAGE_POOL_2D':
      return {
        count: 6,
        fields: [
          ...windowFields(slots.pool2d, node),
          [slots.pool2d.filterW, 'int32', node.kernel[1]],
          [slots.pool2d.filterH, 'int32', node.kernel[0]],
          [slots.pool2d.activation, 'int8', activationCodes[node.activation]],
        ],
      };
    case 'FULLY_CONNECTED':
      return { count: 1, fields: [[slots.fullyConnected.activation, 'int8', activationCodes[node.activation]]] };
    case 'ADD':
      return { count: 1, fields: [[slots.add.activation, 'int8', activationCodes[node.activation]]] };
    case 'SOFTMAX':
      return { count: 1, fields: [[slots.softmax.beta, 'float32', 1]] };
    case 'MEAN':
      return { count: 1, fields: [[slots.reducer.keepDims, 'bool', 0]] };
    case 'LOGISTIC':
    case 'RESHAPE':
    case 'PAD':
      return { count: 1, fields: [] };
  }
}

function windowFields(
  at: { padding: number; strideW: number; strideH: number },
  node: Extract<GraphNode, { kernel: unknown }>,
): Field[] {
  return [
    [at.padding, 'int8', paddingCodes[node.padding]],
    [at.strideW, 'int32', node.stride[1]],
    [at.strideH, 'int32', node.stride[0]],
  ];
}

function writeTensor(builder: Builder, tensor: StoredTensor, buffer: number): Offset {
  const { quantization } = tensor;
  const { tensor: t, quantization: q } = slots;
  let quantizationOffset = 0;
  if (quantization) {
    const scale = float32Vector(builder, quantization.scales);
    const zeroPoint = int64Vector(builder, quantization.zeroPoints);
    quantizationOffset = writeTable(builder, 7, [
      [q.scale, 'offset', scale],
      [q.zeroPoint, 'offset', zeroPoint],
      [q.dimension, 'int32', quantization.dimension],
    ]);
  }
  const shape = int32Vector(builder, tensor.shape);
  const name = builder.createString(tensor.name);
  return writeTable(builder, 5, [
    [t.shape, 'offset', shape],
    [t.buffer, 'int32', buffer],
    [t.name, 'offset', name],
    [t.quantization, 'offset', quantizationOffset],
    [t.type, 'int8', typeCodes[tensor.type]],
  ]);
}

function writeOperator(builder: Builder, operator: StoredOperator, codeIndex: number): Offset {
  const { count, fields } = optionsFields(operator.node);
  const options = optionsTypes[operator.op] === 0 ? 0 : writeTable(builder, count, fields);
  const inputs = int32Vector(builder, operator.inputs);
  const outputs = int32Vector(builder, operator.outputs);
  const { operator: o } = slots;
  return writeTable(builder, 5, [
    [o.codeIndex, 'int32', codeIndex],
    [o.inputs, 'offset', inputs],
    [o.outputs, 'offset', outputs],
    [o.options, 'offset', options],
    [o.optionsType, 'int8', optionsTypes[operator.op]],
  ]);
}

/** Each operator and version once, in the order of first use. */
function distinctCodes(operators: readonly StoredOperator[]): { op: OperatorName; version: number }[] {
  const codes: { op: OperatorName; version: number }[] = [];
  for (const { op, version } of operators)
    if (!codes.some((code) => code.op === op && code.version === version)) codes.push({ op, version });
  return codes;
}

/** The .tflite bytes of an int8 network. `name` becomes the subgraph's name. */
export function writeTflite(quantized: QuantizedGraph, name: string): Uint8Array {
  return write(int8Encoding(quantized), name);
}

/** The same network in float32, input and output too. */
export function writeFloatTflite(graph: Graph, name: string): Uint8Array {
  return write(floatEncoding(graph), name);
}

function write(encoding: Encoding, name: string): Uint8Array {
  const collector = new Collector(encoding);
  const input = collector.place(encoding.graph.input);
  for (const node of encoding.graph.nodes) collector.node(node);
  const output = collector.place(encoding.graph.output);
  const { tensors, operators } = collector;
  const codes = distinctCodes(operators);

  const builder = new Builder(1024 + tensors.reduce((bytes, tensor) => bytes + (tensor.data?.length ?? 0) + 200, 0));
  const { model, subgraph, operatorCode } = slots;
  // Buffer 0 is the empty one that everything computed refers to.
  const bufferOffsets = [writeTable(builder, 1, [])];
  const bufferIndex = tensors.map((tensor) => {
    if (!tensor.data) return 0;
    const data = alignedBytes(builder, tensor.data);
    return bufferOffsets.push(writeTable(builder, 1, [[slots.buffer.data, 'offset', data]])) - 1;
  });
  const tensorOffsets = tensors.map((tensor, i) => writeTensor(builder, tensor, bufferIndex[i]));
  const operatorOffsets = operators.map((operator) =>
    writeOperator(
      builder,
      operator,
      codes.findIndex((code) => code.op === operator.op && code.version === operator.version),
    ),
  );
  const codeOffsets = codes.map(({ op, version }) =>
    writeTable(builder, 4, [
      [operatorCode.version, 'int32', version, 1],
      [operatorCode.code, 'int32', operatorCodes[op]],
      // Readers older than the wider field look here.
      [operatorCode.deprecatedCode, 'int8', operatorCodes[op]],
    ]),
  );
  const graphFields: Field[] = [
    [subgraph.tensors, 'offset', offsetVector(builder, tensorOffsets)],
    [subgraph.inputs, 'offset', int32Vector(builder, [input])],
    [subgraph.outputs, 'offset', int32Vector(builder, [output])],
    [subgraph.operators, 'offset', offsetVector(builder, operatorOffsets)],
    [subgraph.name, 'offset', builder.createString(name)],
  ];
  const subgraphs = offsetVector(builder, [writeTable(builder, 5, graphFields)]);
  const modelFields: Field[] = [
    [model.version, 'int32', schemaVersion],
    [model.operatorCodes, 'offset', offsetVector(builder, codeOffsets)],
    [model.subgraphs, 'offset', subgraphs],
    [model.description, 'offset', builder.createString('Dormouse')],
    [model.buffers, 'offset', offsetVector(builder, bufferOffsets)],
  ];
  builder.finish(writeTable(builder, 5, modelFields), fileIdentifier);
  return builder.asUint8Array().slice();
}
