/** The fake's comparison of the model's forms: figures that hang together and look like life. */
import type { CompressionReport, CompressionVariant } from '../../src/project/contract';

export function compressionReport(labels: readonly string[]): CompressionReport {
  const form = (
    id: CompressionVariant['id'],
    accuracy: number,
    sizes: Pick<CompressionVariant, 'bytes' | 'deflatedBytes' | 'arenaBytes' | 'macs' | 'parameters' | 'zeroShare'>,
    flipped: number,
  ): CompressionVariant => {
    const int8 = sizes.arenaBytes !== null;
    const layers = int8
      ? [
          { name: 'dense 1', operator: 'FULLY_CONNECTED', snrDb: 38.2 },
          { name: 'dense 2', operator: 'FULLY_CONNECTED', snrDb: 33.9 },
          { name: 'dense 3', operator: 'FULLY_CONNECTED', snrDb: 29.4 },
        ]
      : [];
    return {
      id,
      used: id === 'prunedInt8',
      accuracy,
      macroF1: accuracy - 0.004,
      perLabel: labels.map((label, i) => ({
        label,
        precision: accuracy,
        recall: accuracy - i * 0.01,
        f1: accuracy - i * 0.005,
        count: 15,
      })),
      flipped: Array.from({ length: flipped }, (_, i) => ({
        captureId: `c00001${6 + i}`,
        start: 20 * i,
        truth: i % Math.max(labels.length, 1),
      })),
      ...sizes,
      layers,
      worst: layers.at(-1) ?? null,
    };
  };
  const whole = { macs: 21_480, parameters: 2906 };
  const half = { macs: 9_960, parameters: 1318 };
  return {
    count: 60,
    labels,
    variants: [
      form('float', 0.967, { ...whole, bytes: 14_320, deflatedBytes: 12_190, arenaBytes: null, zeroShare: 0 }, 0),
      form('int8', 0.95, { ...whole, bytes: 7_912, deflatedBytes: 5_210, arenaBytes: 1_696, zeroShare: 0.004 }, 1),
      form('pruned', 0.967, { ...half, bytes: 8_020, deflatedBytes: 6_480, arenaBytes: null, zeroShare: 0 }, 2),
      form('prunedInt8', 0.95, { ...half, bytes: 5_480, deflatedBytes: 3_390, arenaBytes: 1_248, zeroShare: 0.006 }, 3),
    ],
  };
}
