/** A .tflite opened in the board's int8 engine, in a WebAssembly instance of its own. */
import { CoreError, type CoreErrorCode } from './errors';
import type { CoreModel, KernelCalls, TensorInfo, TensorType } from './types';
import { CoreInstance } from './wasm';

/** nn::Status -> code; -5 and -6 cannot happen here, since the memory is sized by required(). */
const modelCodes: Readonly<Record<number, CoreErrorCode>> = {
  [-1]: 'not-a-model',
  [-2]: 'damaged-model',
  [-3]: 'unsupported-model',
  [-4]: 'too-large',
  [-5]: 'too-large',
};

const typeNames: Readonly<Record<number, TensorType>> = {
  0: 'float32',
  2: 'int32',
  3: 'uint8',
  6: 'bool',
  7: 'int16',
  9: 'int8',
};

const INPUT = 0;
const OUTPUT = 1;
const OPERATOR = 2;
const MACS = 3;

interface Tensor {
  readonly info: TensorInfo;
  readonly pointer: number;
}

function modelError(core: CoreInstance, status: number, text: number): CoreError {
  return new CoreError(modelCodes[status] ?? 'damaged-model', core.text(text));
}

/** Reads an nn::TensorView (wasm32: pointers are 4 bytes). */
function readTensor(core: CoreInstance, what: number, index: number): Tensor {
  const view = core.exports.core_model_view(what, index);
  const memory = new DataView(core.exports.memory.buffer);
  const rank = memory.getInt32(view + 16, true);
  return {
    pointer: memory.getUint32(view, true),
    info: {
      bytes: memory.getUint32(view + 4, true),
      type: typeNames[memory.getInt8(view + 8)] ?? 'int8',
      shape: rank === 0 ? [] : [...core.words(memory.getUint32(view + 12, true), rank)],
      scale: memory.getFloat32(view + 20, true),
      zeroPoint: memory.getInt32(view + 24, true),
      name: core.text(memory.getUint32(view + 28, true)),
    },
  };
}

class OpenedModel implements CoreModel {
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];
  readonly operators: readonly string[];
  readonly macs: number;
  private readonly inputTensors: readonly Tensor[];
  private readonly outputTensors: readonly Tensor[];
  private core: CoreInstance | undefined;

  constructor(
    core: CoreInstance,
    readonly arenaBytes: number,
    readonly persistentBytes: number,
    private readonly place: { readonly file: number; readonly length: number; readonly memory: number },
  ) {
    const list = (what: number): Tensor[] =>
      Array.from({ length: core.exports.core_model_count(what) }, (_, index) => readTensor(core, what, index));
    this.core = core;
    this.inputTensors = list(INPUT);
    this.outputTensors = list(OUTPUT);
    this.inputs = this.inputTensors.map((tensor) => tensor.info);
    this.outputs = this.outputTensors.map((tensor) => tensor.info);
    this.macs = core.exports.core_model_count(MACS) >>> 0;
    this.operators = Array.from({ length: core.exports.core_model_count(OPERATOR) }, (_, index) =>
      core.text(core.exports.core_model_operator(index)),
    );
  }

  invoke(inputs: readonly Uint8Array[]): Uint8Array[] {
    const core = this.fill(inputs);
    const status = core.exports.core_model_invoke();
    if (status !== 0) throw modelError(core, status, core.exports.core_model_text());
    return this.take(core);
  }

  reset(): void {
    this.core?.exports.core_model_reset();
  }

  invokeByOperator(
    inputs: readonly Uint8Array[],
    after: (index: number, operator: string, output: TensorInfo, bytes: Uint8Array) => void,
  ): Uint8Array[] {
    const core = this.fill(inputs);
    this.operators.forEach((operator, index) => {
      const status = core.exports.core_model_invoke_operator(index);
      if (status !== 0) throw modelError(core, status, core.exports.core_model_text());
      const { info, pointer } = readTensor(core, OPERATOR, index);
      after(index, operator, info, core.bytes(pointer, info.bytes));
    });
    return this.take(core);
  }

  kernelCalls(): KernelCalls {
    const core = this.core;
    if (!core) throw new CoreError('bad-input', 'This model has been closed.');
    const { file, length, memory } = this.place;
    const bytes = core.exports.core_model_calls(file, length, memory, 0, 0);
    if (bytes === 0) throw new CoreError('unsupported-model', 'The calls of this model cannot be written down.');
    const text = core.allocate(bytes);
    core.exports.core_model_calls(file, length, memory, text, bytes);
    return JSON.parse(new TextDecoder().decode(core.bytes(text, bytes))) as KernelCalls;
  }

  close(): void {
    this.core = undefined;
  }

  private fill(inputs: readonly Uint8Array[]): CoreInstance {
    const core = this.core;
    if (!core) throw new CoreError('bad-input', 'This model has been closed.');
    if (inputs.length !== this.inputs.length)
      throw new CoreError('bad-input', `The model takes ${this.inputs.length} inputs, ${inputs.length} were given.`);
    inputs.forEach((bytes, index) => {
      const { info, pointer } = this.inputTensors[index];
      if (bytes.length !== info.bytes)
        throw new CoreError('bad-input', `Input ${info.name} takes ${info.bytes} bytes, ${bytes.length} were given.`);
      core.putBytes(bytes, pointer);
    });
    return core;
  }

  private take(core: CoreInstance): Uint8Array[] {
    return this.outputTensors.map(({ info, pointer }) => core.bytes(pointer, info.bytes));
  }
}

/** Throws CoreError with the engine's own sentence for a file that it cannot run. */
export function openModel(module: WebAssembly.Module, tflite: Uint8Array): CoreModel {
  const core = new CoreInstance(module);
  const { exports } = core;
  // An empty file still needs an address.
  const place = (): number => core.allocate(Math.max(tflite.length, 16));
  const first = core.putBytes(tflite, place());
  const out = core.allocate(8);
  const workBytes = exports.core_model_work(tflite.length);
  const work = core.allocate(workBytes);
  let status = exports.core_model_required(first, tflite.length, work, workBytes, out);
  if (status !== 0) throw modelError(core, status, exports.core_model_required_text());
  const [arenaBytes, persistentBytes] = core.words(out, 2);
  // The work memory is free again: start over and put the file where it was.
  exports.core_reset();
  const file = core.putBytes(tflite, place());
  const bytes = arenaBytes + persistentBytes;
  const memory = core.allocate(bytes);
  status = exports.core_model_load(file, tflite.length, memory, bytes);
  if (status !== 0) throw modelError(core, status, exports.core_model_text());
  return new OpenedModel(core, arenaBytes, persistentBytes, { file, length: tflite.length, memory });
}

/** Core.planModel. */
export function planModel(module: WebAssembly.Module, tflite: Uint8Array): Int32Array {
  const core = new CoreInstance(module);
  const { exports } = core;
  const file = core.putBytes(tflite, core.allocate(Math.max(tflite.length, 16)));
  const workBytes = exports.core_model_work(tflite.length);
  const work = core.allocate(workBytes);
  // No loadable graph has more tensors; see kMaxTensors.
  const most = 4096;
  const offsets = core.allocate(4 * most);
  const count = exports.core_model_plan(file, tflite.length, work, workBytes, offsets, most);
  if (count < 0) throw modelError(core, count, exports.core_model_required_text());
  return Int32Array.from(core.words(offsets, count));
}
