/**
 * The part of the public TensorFlow Lite schema (version 3) that Dormouse writes and reads, as numbers: the vtable
 * slot of each field, in the schema's order, and the enumerations. Numbers may be added but never change: the schema
 * promises that. Knows nothing of how tables lie in a file.
 */

export const fileIdentifier = 'TFL3';
export const schemaVersion = 3;

export const slots = {
  model: { version: 0, operatorCodes: 1, subgraphs: 2, description: 3, buffers: 4, metadata: 6 },
  operatorCode: { deprecatedCode: 0, customCode: 1, version: 2, code: 3 },
  subgraph: { tensors: 0, inputs: 1, outputs: 2, operators: 3, name: 4 },
  tensor: { shape: 0, type: 1, buffer: 2, name: 3, quantization: 4, sparsity: 6 },
  quantization: { scale: 2, zeroPoint: 3, dimension: 6 },
  operator: { codeIndex: 0, inputs: 1, outputs: 2, optionsType: 3, options: 4 },
  buffer: { data: 0, offset: 1, size: 2 },
  metadata: { name: 0, buffer: 1 },
  conv2d: { padding: 0, strideW: 1, strideH: 2, activation: 3, dilationW: 4, dilationH: 5 },
  depthwiseConv2d: { padding: 0, strideW: 1, strideH: 2, multiplier: 3, activation: 4, dilationW: 5, dilationH: 6 },
  pool2d: { padding: 0, strideW: 1, strideH: 2, filterW: 3, filterH: 4, activation: 5 },
  fullyConnected: { activation: 0 },
  softmax: { beta: 0 },
  add: { activation: 0 },
  reshape: { newShape: 0 },
  reducer: { keepDims: 0 },
} as const;

/** BuiltinOperator. */
export const operatorCodes = {
  ADD: 0,
  AVERAGE_POOL_2D: 1,
  CONV_2D: 3,
  DEPTHWISE_CONV_2D: 4,
  FULLY_CONNECTED: 9,
  LOGISTIC: 14,
  MAX_POOL_2D: 17,
  RESHAPE: 22,
  SOFTMAX: 25,
  PAD: 34,
  MEAN: 40,
} as const;
export type OperatorName = keyof typeof operatorCodes;

/** Operators that are not written here but named in summaries of other tools' files. */
export const otherOperatorNames: Readonly<Record<number, string>> = {
  2: 'CONCATENATION',
  6: 'DEQUANTIZE',
  16: 'LSTM',
  18: 'MUL',
  19: 'RELU',
  21: 'RELU6',
  27: 'SVDF',
  28: 'TANH',
  32: 'CUSTOM',
  39: 'TRANSPOSE',
  41: 'SUB',
  42: 'DIV',
  43: 'SQUEEZE',
  44: 'UNIDIRECTIONAL_SEQUENCE_LSTM',
  45: 'STRIDED_SLICE',
  49: 'SPLIT',
  53: 'CAST',
  55: 'MAXIMUM',
  56: 'ARG_MAX',
  57: 'MINIMUM',
  60: 'PADV2',
  65: 'SLICE',
  67: 'TRANSPOSE_CONV',
  70: 'EXPAND_DIMS',
  74: 'SUM',
  83: 'PACK',
  88: 'UNPACK',
  97: 'RESIZE_NEAREST_NEIGHBOR',
  98: 'LEAKY_RELU',
  114: 'QUANTIZE',
  117: 'HARD_SWISH',
  129: 'CALL_ONCE',
  142: 'VAR_HANDLE',
  143: 'READ_VARIABLE',
  144: 'ASSIGN_VARIABLE',
};

/**
 * The version of each operator that int8 in and out needs, by the public table of operator versions; an older
 * interpreter that knows only earlier versions then refuses instead of computing something else.
 */
export const operatorVersions: Readonly<Record<OperatorName, number>> = {
  ADD: 2,
  AVERAGE_POOL_2D: 2,
  CONV_2D: 3,
  DEPTHWISE_CONV_2D: 3,
  FULLY_CONNECTED: 4,
  LOGISTIC: 2,
  MAX_POOL_2D: 2,
  RESHAPE: 1,
  SOFTMAX: 2,
  PAD: 2,
  MEAN: 2,
};

/** The version that float32 in and out needs: the first of each. */
export const floatOperatorVersion = 1;

/** BuiltinOptions: the type of the options table that goes with an operator; 0 = none. */
export const optionsTypes: Readonly<Record<OperatorName, number>> = {
  ADD: 11,
  AVERAGE_POOL_2D: 5,
  CONV_2D: 1,
  DEPTHWISE_CONV_2D: 2,
  FULLY_CONNECTED: 8,
  LOGISTIC: 0,
  MAX_POOL_2D: 5,
  RESHAPE: 17,
  SOFTMAX: 9,
  PAD: 22,
  MEAN: 27,
};

/** TensorType, with the bytes of one element (0 = no fixed size). */
export const tensorTypes: Readonly<Record<number, { readonly name: string; readonly bytes: number }>> = {
  0: { name: 'float32', bytes: 4 },
  1: { name: 'float16', bytes: 2 },
  2: { name: 'int32', bytes: 4 },
  3: { name: 'uint8', bytes: 1 },
  4: { name: 'int64', bytes: 8 },
  5: { name: 'string', bytes: 0 },
  6: { name: 'bool', bytes: 1 },
  7: { name: 'int16', bytes: 2 },
  8: { name: 'complex64', bytes: 8 },
  9: { name: 'int8', bytes: 1 },
  10: { name: 'float64', bytes: 8 },
  11: { name: 'complex128', bytes: 16 },
  12: { name: 'uint64', bytes: 8 },
  13: { name: 'resource', bytes: 0 },
  14: { name: 'variant', bytes: 0 },
  15: { name: 'uint32', bytes: 4 },
  16: { name: 'uint16', bytes: 2 },
};
export const typeCodes = { float32: 0, int32: 2, int8: 9 } as const;

export const paddingCodes = { same: 0, valid: 1 } as const;
export const activationCodes = { none: 0, relu: 1, relu6: 3 } as const;
