/**
 * Real models against what TensorFlow Lite Micro's reference kernels made of them on an emulated Cortex-M4F: the final
 * outputs and every layer's, by hash.
 */
import { readFileSync } from 'node:fs';
import { beforeAll, expect, it } from 'vitest';
import { loadCore, type Core } from '../../src/core';
import { fnv1a32, goldenInput, goldenModels, readGolden } from '../support/goldens';
import { dataFolder, describeWith, needsData } from '../support/needs';

describeWith(needsData('models', 'golden'), 'the int8 engine', () => {
  let core: Core;
  beforeAll(async () => {
    core = await loadCore();
  });

  it.each(goldenModels)('computes %s as the reference kernels do, layer by layer', (name, file) => {
    const golden = readGolden(name);
    const model = core.openModel(readFileSync(dataFolder('models', file)));
    const [input] = model.inputs;
    const [output] = model.outputs;
    expect([input.shape, input.zeroPoint]).toEqual([golden.input.shape, golden.input.zero_point]);
    expect([output.shape, output.zeroPoint]).toEqual([golden.output.shape, golden.output.zero_point]);
    expect([input.scale, output.scale]).toEqual([golden.input.scale, golden.output.scale]);
    for (const each of golden.cases) {
      const values = goldenInput(each.rule, input.bytes, input.zeroPoint);
      expect([...values.subarray(0, 16)]).toEqual(each.input_first16);
      const layers: { op: string; bytes: number; fnv1a32: string }[] = [];
      const bytes = new Uint8Array(values.buffer);
      const [stepwise] = model.invokeByOperator([bytes], (_index, op, _tensor, made) => {
        layers.push({ op, bytes: made.length, fnv1a32: fnv1a32(made) });
      });
      expect(layers).toEqual(each.layers.map(({ op, bytes, fnv1a32 }) => ({ op, bytes, fnv1a32 })));
      expect([...new Int8Array(stepwise.buffer)]).toEqual(each.out_ref);
      expect(model.invoke([bytes])[0]).toEqual(stepwise);
    }
  });
});
