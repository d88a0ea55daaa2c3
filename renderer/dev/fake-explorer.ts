/** A map of the fake recordings: each label a cloud of its own, one label doubted, one recording there twice. */
import type { CaptureSummary } from '../../src/dataset/types';
import type { ExplorerMap, RequestInput } from '../../src/project/contract';

/** Steady pseudo-random numbers in -0.5 to 0.5: a fake has no seed to keep. */
const scatter = (n: number): number => {
  const x = Math.sin(n * 127.1) * 43758.5453;
  return x - Math.floor(x) - 0.5;
};

export function fakeMap(items: readonly CaptureSummary[], { method }: RequestInput<'explorer.start'>): ExplorerMap {
  const labels = [...new Set(items.map(({ label }) => label))].sort();
  const label = Int32Array.from(items, (item) => labels.indexOf(item.label));
  const spread = method === 'pca' ? 0.7 : 0.3;
  const points = new Float32Array(items.length * 2);
  items.forEach((_, i) => {
    const angle = (label[i] / Math.max(1, labels.length)) * 2 * Math.PI;
    points[i * 2] = Math.cos(angle) * 0.65 + scatter(i + 1) * spread;
    points[i * 2 + 1] = Math.sin(angle) * 0.65 + scatter(i + 1000) * spread;
  });
  const ids = items.map(({ id }) => id);
  return {
    method,
    ids,
    points,
    labels,
    label,
    verdict: Int8Array.from(items, ({ split }, i) => (split === 'training' ? -1 : i % 7 === 0 ? 0 : 1)),
    duplicates: ids.length > 4 ? [[ids[1], ids[4]]] : [],
    suspects:
      labels.length > 1
        ? [
            {
              id: ids[0],
              label: items[0].label,
              suggested: labels.find((one) => one !== items[0].label) ?? '',
              agreement: 0.9,
            },
          ]
        : [],
    leftOut: 0,
    shown: method === 'pca' ? 0.61 : NaN,
  };
}
