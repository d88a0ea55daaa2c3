/**
 * Five published models, and what TensorFlow Lite Micro's reference kernels make of them on an emulated Cortex-M4F: the
 * final outputs and every layer's, by hash. The rules for inputs are written out in the golden files.
 */
import { readFileSync } from 'node:fs';
import { dataFolder } from './needs';

export interface Golden {
  readonly input: { readonly shape: number[]; readonly scale: number; readonly zero_point: number };
  readonly output: { readonly shape: number[]; readonly scale: number; readonly zero_point: number };
  readonly cases: readonly {
    readonly rule: string;
    readonly input_first16: number[];
    readonly out_ref: number[];
    readonly layers: readonly { readonly op: string; readonly bytes: number; readonly fnv1a32: string }[];
  }[];
}

export const goldenModels: readonly (readonly [golden: string, file: string])[] = [
  ['kws', 'mlperf_tiny/keyword_spotting__kws_ref_model.tflite'],
  ['ad', 'mlperf_tiny/anomaly_detection__ad01_int8.tflite'],
  ['person', 'tflm/models__person_detect.tflite'],
  ['micro_speech', 'tflm/examples__micro_speech__models__micro_speech_quantized.tflite'],
  ['hello', 'tflm/examples__hello_world__models__hello_world_int8.tflite'],
];

export function readGolden(name: string): Golden {
  return JSON.parse(readFileSync(dataFolder('models', 'golden', `${name}.json`), 'utf8')) as Golden;
}

export function goldenInput(rule: string, n: number, zeroPoint: number): Int8Array {
  const lcg = (i: number): number => (((Math.imul(i, 1103515245) + 12345) >>> 16) << 24) >> 24;
  const shift = rule === 'lcg1' ? n : rule === 'lcg2' ? 2 * n : 0;
  return Int8Array.from({ length: n }, (_, i) => {
    if (rule.startsWith('lcg')) return lcg(i + shift);
    if (rule === 'quad') return (((Math.imul(i, i) + 7 * i) >>> 5) << 24) >> 24;
    if (rule === 'zero') return 0;
    return Math.max(-128, Math.min(127, zeroPoint + (lcg(i) >> 3)));
  });
}

/** FNV-1a, eight hexadecimal digits. */
export function fnv1a32(bytes: Uint8Array): string {
  let hash = 2166136261;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 16777619);
  return (hash >>> 0).toString(16).padStart(8, '0');
}
