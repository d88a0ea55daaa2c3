/**
 * Real models against what TensorFlow Lite Micro's reference kernels made of them on an emulated Cortex-M4F: the final
 * outputs and every layer's, by hash.
 */
import { readFileSync } from 'node:fs';
import { beforeAll, expect, it } from 'vitest';
import { loadCore, type Core } from '../../src/core';
import { dataFolder, describeWith, needsData } from '../support/needs';

interface Golden {
  readonly input: { readonly shape: number[]; readonly scale: number; readonly zero_point: number };
  readonly output: { readonly shape: number[]; readonly scale: number; readonly zero_point: number };
  readonly cases: readonly {
    readonly rule: string;
    readonly input_first16: number[];
    readonly out_ref: number[];
    readonly layers: readonly { readonly op: string; readonly bytes: number; readonly fnv1a32: string }[];
  }[];
}

const models: readonly (readonly [golden: string, file: string])[] = [
  ['kws', 'mlperf_tiny/keyword_spotting__kws_ref_model.tflite'],
  ['ad', 'mlperf_tiny/anomaly_detection__ad01_int8.tflite'],
  ['person', 'tflm/models__person_detect.tflite'],
  ['micro_speech', 'tflm/examples__micro_speech__models__micro_speech_quantized.tflite'],
  ['hello', 'tflm/examples__hello_world__models__hello_world_int8.tflite'],
];

/** The rules are written out in the golden files. */
function inputOf(rule: string, n: number, zeroPoint: number): Int8Array {
  const lcg = (i: number): number => (((Math.imul(i, 1103515245) + 12345) >>> 16) << 24) >> 24;
  const shift = rule === 'lcg1' ? n : rule === 'lcg2' ? 2 * n : 0;
  return Int8Array.from({ length: n }, (_, i) => {
    if (rule.startsWith('lcg')) return lcg(i + shift);
    if (rule === 'quad') return (((Math.imul(i, i) + 7 * i) >>> 5) << 24) >> 24;
    if (rule === 'zero') return 0;
    return Math.max(-128, Math.min(127, zeroPoint + (lcg(i) >> 3)));
  });
}

function fnv1a32(bytes: Uint8Array): string {
  let hash = 2166136261;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 16777619);
  return (hash >>> 0).toString(16).padStart(8, '0');
}

describeWith(needsData('models', 'golden'), 'the int8 engine', () => {
  let core: Core;
  beforeAll(async () => {
    core = await loadCore();
  });

  it.each(models)('computes %s as the reference kernels do, layer by layer', (name, file) => {
    const golden = JSON.parse(readFileSync(dataFolder('models', 'golden', `${name}.json`), 'utf8')) as Golden;
    const model = core.openModel(readFileSync(dataFolder('models', file)));
    const [input] = model.inputs;
    const [output] = model.outputs;
    expect([input.shape, input.zeroPoint]).toEqual([golden.input.shape, golden.input.zero_point]);
    expect([output.shape, output.zeroPoint]).toEqual([golden.output.shape, golden.output.zero_point]);
    expect([input.scale, output.scale]).toEqual([golden.input.scale, golden.output.scale]);
    for (const each of golden.cases) {
      const values = inputOf(each.rule, input.bytes, input.zeroPoint);
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
