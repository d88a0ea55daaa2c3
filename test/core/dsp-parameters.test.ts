import { beforeAll, describe, expect, it } from 'vitest';
import { dspKinds, dspNumbers, loadCore, soundKinds, type Core } from '../../src/core';
import { CoreInstance, coreModule } from '../../src/core/wasm';

const kinds = dspKinds;

describe('the parameter tables', () => {
  let core: Core;
  let instance: CoreInstance;
  beforeAll(async () => {
    core = await loadCore();
    instance = new CoreInstance(await coreModule());
  });

  it.each(kinds)('of %s have the order and the defaults of the C++ core', (kind) => {
    const table = core.dspParameters(kind);
    expect(instance.exports.core_dsp_parameters(dspNumbers[kind])).toBe(table.length);
    table.forEach((parameter, index) => {
      expect(instance.exports.core_dsp_default(dspNumbers[kind], index)).toBe(Math.fround(parameter.default));
    });
  });

  it.each(kinds)('of %s offer only values that the C++ core takes', (kind) => {
    const table = core.dspParameters(kind);
    // A picture of 80 x 50 for the image block; the others take no notice of rows.
    const shape = { frames: 4000, axes: soundKinds.includes(kind) ? 1 : 3, rateHz: 10000, width: 80 };
    table.forEach((parameter, index) => {
      for (const choice of parameter.choices ?? []) {
        // A short FFT has room for few filters.
        const params = table.map((each) => (each.name.startsWith('num-') ? 2 : each.default));
        params[index] = choice.value;
        expect(core.featureCount({ kind, params }, shape), `${parameter.name} ${choice.label}`).toBeGreaterThan(0);
      }
    });
  });

  it('name each parameter once', () => {
    for (const kind of kinds) {
      const names = core.dspParameters(kind).map((parameter) => parameter.name);
      expect(new Set(names).size).toBe(names.length);
    }
  });
});
