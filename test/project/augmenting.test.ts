/** What training varies, from what the rows of a project are. */
import { describe, expect, it } from 'vitest';
import type { ResolvedImpulse } from '../../src/impulse';
import { augmentationFor } from '../../src/project/training/augmenting';

/** Rows of an impulse whose axes have these units. */
function varied(units: readonly string[], kind: 'raw' | 'spectral' = 'raw', inputShape = [50, units.length]) {
  const resolved = { units, block: { kind, params: [] }, inputShape } as unknown as ResolvedImpulse;
  const normalisation = {
    mean: Float32Array.from(units, (_, axis) => axis),
    inverseStd: Float32Array.from(units, (_, axis) => (axis === 1 ? 0 : 0.5)),
  };
  return augmentationFor({ resolved, normalisation });
}

const times = (count: number, unit: string) => Array.from({ length: count }, () => unit);

describe('training varies', () => {
  it('acceleration and rotation as the board would turn, gravity with them', () => {
    const augmentation = varied([...times(3, 'm/s2'), ...times(3, 'deg/s')]);
    expect(augmentation).toMatchObject({
      kind: 'motion',
      units: { mean: [0, 1, 2, 3, 4, 5], deviation: [2, 0, 2, 2, 2, 2] },
    });
    expect(augmentation).toHaveProperty('rotation', 0.5);
  });

  it('axes without units by what is left of them', () => {
    const augmentation = varied(times(3, ''));
    expect(augmentation).toHaveProperty('rotation', 0.5);
    expect(augmentation).not.toHaveProperty('units');
  });

  it.each([[['Cel', 'Pa', '%']], [['m/s2', 'm/s2', 'deg/s']], [times(3, 'Pa')]])(
    'no directions of %j, which have none in common',
    (units) => {
      expect(varied(units)).toMatchObject({ kind: 'motion', rotation: 0 });
    },
  );

  it('pictures as pictures, spectrograms as spectrograms, and nothing of lists of features', () => {
    expect(varied([''], 'raw', [96, 96, 1])).toMatchObject({ kind: 'image' });
    expect(varied([''], 'spectral', [49, 13])).toMatchObject({ kind: 'spectrogram' });
    expect(varied(times(3, 'm/s2'), 'spectral', [33])).toBeUndefined();
  });
});
