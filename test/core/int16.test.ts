/** Models of int16 values: what can be seen of them, and that those which TensorFlow Lite Micro has not are refused by name. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadCore, type Core } from '../../src/core';
import { modelEnds } from '../../src/deploy/check-manifest';

const read = (...path: string[]): Uint8Array => new Uint8Array(readFileSync(join(import.meta.dirname, ...path)));
const kept = (name: string): Uint8Array => read('..', 'firmware', 'corpus', `${name}.tflite`);

describe('models of int16 values', () => {
  let core: Core;
  beforeAll(async () => {
    core = await loadCore();
  });

  it('take and give two bytes a value, and name the form of their operator', () => {
    const model = core.openModel(kept('fully_connected_int16'));
    const [input] = model.inputs;
    const [output] = model.outputs;
    expect([input.type, output.type, model.operators]).toEqual(['int16', 'int16', ['FULLY_CONNECTED_INT16']]);
    expect(input.bytes).toBe(2 * input.shape.reduce((a, b) => a * b, 1));
    expect(model.invoke([new Uint8Array(input.bytes)])[0]).toHaveLength(output.bytes);
    model.close();
  });

  it.each([
    ['hard_swish_int16', /^HARD_SWISH .* int16/],
    ['arg_max_int16', /^ARG_MAX .* int16/],
    ['zero_point_int16', /^FULLY_CONNECTED_INT16 .* zero point/],
  ])('are refused by name where the field has no such kernel: %s', (name, says) => {
    expect(() => core.openModel(read('refused', `${name}.tflite`))).toThrow(
      expect.objectContaining({ code: 'unsupported-model', message: expect.stringMatching(says) as string }),
    );
  });

  it('do not become images, whose features are int8', () => {
    expect(() => modelEnds(kept('fully_connected_int16'), undefined)).toThrow(/one int8 input and one int8 output/);
  });
});
