/**
 * Describes any .tflite file: tensors, operators, quantization, sizes and the work it costs. Everything is checked
 * before it is followed; a file that is something else is named for what it is. Knows nothing of running models.
 */
import { badFile, CompressError } from './errors';
import { sizeOf } from './graph';
import { fileIdentifier, operatorCodes, otherOperatorNames, schemaVersion, slots, tensorTypes } from './schema/facts';
import { Table } from './schema/table-reader';
import type { TfliteOperator, TfliteSummary, TfliteTensor } from './types';

const namesByCode: Readonly<Record<number, string>> = {
  ...otherOperatorNames,
  ...Object.fromEntries(Object.entries(operatorCodes).map(([name, code]) => [code, name])),
};
const largestRank = 8;

function startsWith(bytes: Uint8Array, ...start: number[]): boolean {
  return bytes.length >= start.length && start.every((byte, i) => bytes[i] === byte);
}

/** Names what people mistake for a model, so that the sentence says what to do about it. */
function refuseOtherKinds(bytes: Uint8Array): void {
  if (bytes.length === 0) throw badFile('it is empty');
  const start = new TextDecoder('latin1').decode(bytes.subarray(0, 64)).trimStart();
  if (start.startsWith('version https://git-lfs'))
    throw new CompressError(
      'bad-file',
      'This is a Git LFS pointer, not the model itself.',
      'Run "git lfs pull" in the repository it comes from, and use the file that is then there.',
    );
  if (startsWith(bytes, 0x1f, 0x8b)) throw badFile('it is compressed with gzip; unpack it first');
  if (startsWith(bytes, 0x50, 0x4b, 3, 4)) throw badFile('it is a zip archive; unpack it first');
  if (startsWith(bytes, 0x89, 0x48, 0x44, 0x46)) throw badFile('it is a Keras .h5 file; convert it to .tflite first');
  if (startsWith(bytes, 0xef, 0xbb, 0xbf)) throw badFile('a text editor put a byte order mark in front of it');
  if (/^<(!doctype|html|\?xml)/i.test(start))
    throw badFile('it is a web page, perhaps an error message that was saved instead of the file');
  if (/^(unsigned |const |alignas|#|\/\/|\/\*)/.test(start))
    throw badFile('it is C source code; export the model as .tflite instead');
  if (bytes.length < 8) throw badFile(`it has only ${bytes.length} bytes`);
  const identifier = new TextDecoder('latin1').decode(bytes.subarray(4, 8));
  if (identifier !== fileIdentifier) {
    const shown = /^[\x20-\x7e]{4}$/.test(identifier) ? `"${identifier}"` : 'unreadable';
    throw badFile(`its identifier is ${shown}, not "${fileIdentifier}"`);
  }
}

function readTensor(table: Table, bufferBytes: readonly number[]): TfliteTensor {
  const { tensor, quantization: q } = slots;
  const shape = table.int32s(tensor.shape);
  if (shape.length > largestRank || shape.some((side) => side < -1))
    throw badFile(`a tensor has the shape [${shape.slice(0, 12).join(', ')}]`);
  const type = tensorTypes[table.int8(tensor.type)];
  const buffer = table.uint32(tensor.buffer);
  if (buffer >= bufferBytes.length) throw badFile('a tensor refers to data that is not in it');
  const quantization = table.table(tensor.quantization);
  const elements = sizeOf(shape.map(Math.abs));
  const bytes = elements * (type?.bytes ?? 0);
  if (!Number.isSafeInteger(bytes)) throw badFile('a tensor is larger than any computer');
  const constantBytes = bufferBytes[buffer];
  const sparse = table.table(tensor.sparsity) !== undefined;
  if (constantBytes > 0 && !sparse && type && type.bytes > 0 && constantBytes < bytes)
    throw badFile(`a tensor needs ${bytes} bytes but its data has only ${constantBytes}`);
  return {
    name: table.text(tensor.name).slice(0, 200),
    type: type?.name ?? 'unknown',
    shape,
    bytes,
    constant: constantBytes > 0,
    scales: quantization?.float32s(q.scale) ?? [],
    zeroPoints: quantization?.int64s(q.zeroPoint) ?? [],
    quantizedDimension: quantization?.int32(q.dimension) ?? 0,
  };
}

interface Code {
  readonly name: string;
  readonly version: number;
}

function readCode(table: Table): Code {
  const { operatorCode } = slots;
  // The wider field replaced the narrow one; files of either age fill at least one.
  const code = Math.max(table.int32(operatorCode.code), table.int8(operatorCode.deprecatedCode));
  const custom = table.text(operatorCode.customCode).slice(0, 100);
  const name = custom ? `CUSTOM ${custom}` : (namesByCode[code] ?? `operator number ${code}`);
  return { name, version: table.int32(operatorCode.version, 1) };
}

function readOperator(table: Table, codes: readonly Code[], tensors: readonly TfliteTensor[]): TfliteOperator {
  const { operator } = slots;
  const codeIndex = table.uint32(operator.codeIndex);
  if (codeIndex >= codes.length) throw badFile('an operator is of a kind that the file does not list');
  const inputs = table.int32s(operator.inputs);
  const outputs = table.int32s(operator.outputs);
  // -1 stands for an optional input that is not there.
  if ([...inputs, ...outputs].some((index) => index < -1 || index >= tensors.length))
    throw badFile('an operator reads or writes a tensor that is not in it');
  const code = codes[codeIndex];
  return { ...code, inputs, outputs, macs: macsOf(code.name, inputs, tensors, tensors[outputs[0]]) };
}

/** Multiply-accumulates of one run of an operator with weights, 0 for others. */
function macsOf(
  name: string,
  inputs: readonly number[],
  tensors: readonly TfliteTensor[],
  output: TfliteTensor | undefined,
): number {
  const weights = tensors[inputs[1]] as TfliteTensor | undefined;
  if (!weights || !output) return 0;
  const outputs = sizeOf(output.shape.map(Math.abs));
  const { shape } = weights;
  if (name === 'CONV_2D' && shape.length === 4) return outputs * sizeOf(shape.slice(1));
  if (name === 'DEPTHWISE_CONV_2D' && shape.length === 4) return outputs * shape[1] * shape[2];
  if (name === 'FULLY_CONNECTED' && shape.length === 2) return outputs * shape[1];
  // Each filter takes the input once, and what is kept of it once more.
  if (name === 'SVDF' && shape.length === 2)
    return Math.abs(output.shape[0]) * shape[0] * (shape[1] + (tensors[inputs[2]]?.shape[1] ?? 0));
  // Four gates, each with weights for the input and for its own output.
  if (name === 'UNIDIRECTIONAL_SEQUENCE_LSTM' && shape.length === 2) return outputs * 4 * (shape[0] + shape[1]);
  return 0;
}

/** Bytes of each buffer's data; data may also lie behind the FlatBuffer, at an offset of its own. */
function readBufferSizes(model: Table, fileBytes: number): number[] {
  const { buffer } = slots;
  return model.tables(slots.model.buffers).map((table) => {
    const inside = table.bytes(buffer.data)?.length ?? 0;
    const offset = table.uint64(buffer.offset);
    const size = table.uint64(buffer.size);
    if (inside > 0 || offset <= 1) return inside;
    if (offset + size > fileBytes) throw badFile('its weights point past its end (the file is cut short or damaged)');
    return size;
  });
}

/**
 * A summary of the first subgraph (the one that runs) and of the file as a whole.
 * @throws CompressError `bad-file` (not a .tflite, or damaged) or `unsupported-file` (another schema version), one
 * plain sentence each. Never runs long or allocates more than a few times the file's size.
 */
export function readTflite(bytes: Uint8Array): TfliteSummary {
  refuseOtherKinds(bytes);
  try {
    return readModel(Table.root(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)), bytes.length);
  } catch (error) {
    if (error instanceof CompressError) throw error;
    throw badFile('its structure is damaged', error);
  }
}

function readModel(model: Table, fileBytes: number): TfliteSummary {
  const version = model.uint32(slots.model.version);
  if (version !== schemaVersion)
    throw new CompressError(
      'unsupported-file',
      `This .tflite file is of schema version ${version}; only version ${schemaVersion} can be read.`,
      'Export the model again with a current tool.',
    );
  const subgraphs = model.tables(slots.model.subgraphs);
  if (subgraphs.length === 0) throw badFile('it holds no network');
  const bufferBytes = readBufferSizes(model, fileBytes);
  const codes = model.tables(slots.model.operatorCodes).map(readCode);
  const { subgraph } = slots;
  const [graph] = subgraphs;
  const tensors = graph.tables(subgraph.tensors).map((table) => readTensor(table, bufferBytes));
  const operators = graph.tables(subgraph.operators).map((table) => readOperator(table, codes, tensors));
  const inputs = graph.int32s(subgraph.inputs);
  const outputs = graph.int32s(subgraph.outputs);
  if ([...inputs, ...outputs].some((index) => index < 0 || index >= tensors.length))
    throw badFile('its input or output is a tensor that is not in it');
  return {
    bytes: fileBytes,
    schemaVersion: version,
    description: model.text(slots.model.description).slice(0, 1000),
    name: graph.text(subgraph.name).slice(0, 200),
    subgraphs: subgraphs.length,
    tensors,
    operators,
    inputs,
    outputs,
    macs: operators.reduce((sum, operator) => sum + operator.macs, 0),
    weightBytes: bufferBytes.reduce((sum, size) => sum + size, 0),
    metadata: model.tables(slots.model.metadata).map((table) => table.text(slots.metadata.name).slice(0, 200)),
  };
}
