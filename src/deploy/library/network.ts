/**
 * The network as C++ without an interpreter: every operator a call of its kernel, with its parameters and weights as
 * constants and its tensors at fixed places in one arena. Knows what calls look like, nothing of what kernels do.
 */
import type { ArenaPlace, FilePlace, KernelArgument, KernelCall, KernelCalls } from '../../core';
import { floatText, rows } from './c-text';

export interface Network {
  readonly calls: KernelCalls;
  readonly arenaBytes: number;
  /** The file that constants are taken from. */
  readonly tflite: Uint8Array;
  /** Bytes of the first input and output. */
  readonly inputBytes: number;
  readonly outputBytes: number;
}

const isList = (argument: KernelArgument): argument is readonly KernelArgument[] => Array.isArray(argument);
const isStruct = (argument: KernelArgument): argument is Extract<KernelArgument, { struct: string }> =>
  typeof argument === 'object' && argument !== null && 'struct' in argument;

const floatOfBits = (bits: number): number => new Float32Array(Uint32Array.of(bits).buffer)[0];

/** The least number of a type cannot be written as one. */
function integerText(value: number | bigint, type: string): string {
  if (type === 'int64_t') {
    return value === -(2n ** 63n) ? '(-9223372036854775807LL - 1)' : `${value}LL`;
  }
  if (value === -(2 ** 31)) return '(-2147483647 - 1)';
  return value > 2 ** 31 - 1 ? `${value}u` : String(value);
}

const perLine: Readonly<Record<string, number>> = { int8_t: 24, uint8_t: 24, int16_t: 16, int32_t: 10, int64_t: 5 };

/** For kernels that read several values at once, or bytes as something larger. */
const aligned: Readonly<Record<string, string>> = {
  int8_t: 'alignas(4) ',
  uint8_t: 'alignas(8) ',
  int16_t: 'alignas(4) ',
};

/** Little-endian values of a constant; what is no whole number as its bytes. */
function valuesOf(bytes: Uint8Array, type: string): { type: string; values: string[] } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const readers: Readonly<Record<string, readonly [number, (at: number) => number | bigint]>> = {
    int8_t: [1, (at) => view.getInt8(at)],
    int16_t: [2, (at) => view.getInt16(at, true)],
    int32_t: [4, (at) => view.getInt32(at, true)],
    int64_t: [8, (at) => view.getBigInt64(at, true)],
  };
  const known = type in readers ? type : 'uint8_t';
  const [size, read] = readers[known] ?? [1, (at: number) => view.getUint8(at)];
  const values = Array.from({ length: bytes.length / size }, (_, i) => integerText(read(i * size), known));
  return { type: known, values };
}

/** Writes constants as they are first needed, and gives them names. */
class Constants {
  readonly texts: string[] = [];
  private readonly names = new Map<string, string>();
  private params = 0;
  private arrays = 0;

  constructor(private readonly tflite: Uint8Array) {}

  /** C++ for an argument; constants that it needs are there from then on. */
  expression(argument: KernelArgument): string {
    if (!isStruct(argument)) return this.initialiser(argument);
    const text = this.initialiser(argument);
    const name = `kParams${this.params++}`;
    this.texts.push(`const ${argument.struct} ${name} = ${text};`);
    return name;
  }

  private initialiser(argument: KernelArgument): string {
    if (argument === null) return 'nullptr';
    if (typeof argument === 'boolean') return String(argument);
    if (typeof argument === 'number') return integerText(argument, '');
    if (isList(argument)) return this.list(argument);
    if ('struct' in argument) return this.list(argument.fields);
    if ('float' in argument) return floatText(floatOfBits(argument.float));
    if ('arena' in argument) return arenaText(argument);
    if ('file' in argument) return this.fileText(argument);
    const { type, values } = argument;
    return this.array(
      type,
      values.map((value) => integerText(value, type)),
    );
  }

  private list(fields: readonly KernelArgument[]): string {
    return `{${fields.map((field) => this.initialiser(field)).join(', ')}}`;
  }

  private fileText({ file, bytes, type }: FilePlace): string {
    const { type: stored, values } = valuesOf(this.tflite.slice(file, file + bytes), type);
    const key = `${stored} ${file}`;
    const name = this.names.get(key) ?? this.array(stored, values);
    this.names.set(key, name);
    return stored === type ? name : `reinterpret_cast<const ${type}*>(${name})`;
  }

  private array(type: string, values: readonly string[]): string {
    const name = `kValues${this.arrays++}`;
    this.texts.push(`${aligned[type] ?? ''}const ${type} ${name}[] = {\n${rows(values, perLine[type] ?? 8)}\n};`);
    return name;
  }
}

const arenaText = ({ arena, type }: ArenaPlace): string =>
  type === 'uint8_t' ? `arena + ${arena}` : `reinterpret_cast<${type}*>(arena + ${arena})`;

function callText(constants: Constants, call: KernelCall): string {
  return `  ${call.kernel}(${call.arguments.map((argument) => constants.expression(argument)).join(', ')});`;
}

/** The kernels that a network calls, each once, in the alphabet's order. */
export const kernelsOf = ({ calls, reset }: KernelCalls): string[] =>
  [...new Set([...calls, ...reset].map(({ kernel }) => kernel))].sort();

export function networkHeader({ arenaBytes, inputBytes, outputBytes }: Network): string {
  return `/** The network: no file is read and nothing is planned while it runs. */
#ifndef DORMOUSE_NETWORK_H
#define DORMOUSE_NETWORK_H

#include <stdint.h>

namespace dormouse_model {
namespace network {

enum : uint32_t { kArenaBytes = ${arenaBytes}, kInputBytes = ${inputBytes}, kOutputBytes = ${outputBytes} };

/** All tensors. */
extern uint8_t arena[kArenaBytes];

/** Filled before each invoke(), which uses its memory again. */
int8_t* input();
const int8_t* output();
void invoke();
/** Before the first invoke(): sets what is kept from one to the next. */
void reset();

}  // namespace network
}  // namespace dormouse_model

#endif
`;
}

const body = (lines: readonly string[]): string => (lines.length > 0 ? `\n${lines.join('\n')}\n` : '');

/** \`headers\` below the core's folder, which lies one folder up. */
export function networkCode(network: Network, headers: readonly string[]): string {
  const { calls, tflite } = network;
  const constants = new Constants(tflite);
  const invoke = calls.calls.map((call) => callText(constants, call));
  const reset = calls.reset.map((call) => callText(constants, call));
  const bytes = (place: ArenaPlace | FilePlace): string => constants.expression({ ...place, type: 'int8_t' });
  const input = bytes(calls.inputs[0]);
  const output = bytes(calls.outputs[0]);
  return `/** Parameters and weights, and what is done with them. */
#include "network.h"

${headers.map((header) => `#include "../${header}"`).join('\n')}

namespace dormouse_model {
namespace network {

${headers.length > 0 ? 'using namespace dormouse::nn;\n\n' : ''}alignas(16) uint8_t arena[kArenaBytes];
${constants.texts.length > 0 ? `\nnamespace {\n${constants.texts.join('\n\n')}\n}  // namespace\n` : ''}
int8_t* input() { return ${input}; }
const int8_t* output() { return ${output}; }

void invoke() {${body(invoke)}}

void reset() {${body(reset)}}

}  // namespace network
}  // namespace dormouse_model
`;
}
