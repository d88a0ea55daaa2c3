/** One window or picture through each block but the sound ones as Cortex-M code: what it executes, and what the fit says. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadCore, type Core, type DspKind, type WindowShape } from '../../src/core';
import { dspInstructions, dspOfArmv6m, dspOfArmv7em } from '../../src/fit/dsp-costs';
import { ArmPrograms } from '../support/arm-programs';
import { describeWith, needsCommands } from '../support/needs';

interface Case {
  readonly name: string;
  readonly kind: DspKind;
  readonly params: Readonly<Record<string, number>>;
  readonly shape: WindowShape;
}

const gesture = { frames: 200, axes: 6, rateHz: 100 };
/** The part of 160 x 120 that a square output takes. */
const picture = (axes: number): WindowShape => ({ frames: 120 * 120, axes, rateHz: 1, width: 120 });

/** Those of test/firmware/dsp_arm/windows.cpp. */
const cases: readonly Case[] = [
  { name: 'raw', kind: 'raw', params: {}, shape: gesture },
  { name: 'flatten', kind: 'flatten', params: {}, shape: gesture },
  { name: 'spectral', kind: 'spectral', params: {}, shape: gesture },
  { name: 'spectral64', kind: 'spectral', params: { 'fft-length': 64 }, shape: gesture },
  {
    name: 'filtered',
    kind: 'spectral',
    params: { 'fft-length': 64, 'filter-type': 1, 'filter-cutoff': 20 },
    shape: gesture,
  },
  { name: 'wavelet', kind: 'spectral', params: { analysis: 1 }, shape: gesture },
  { name: 'wavelet-long', kind: 'spectral', params: { analysis: 1, wavelet: 9 }, shape: gesture },
  { name: 'wavelet-two', kind: 'spectral', params: { analysis: 1, wavelet: 9, 'wavelet-level': 2 }, shape: gesture },
  { name: 'gray8-gray', kind: 'image', params: {}, shape: picture(1) },
  { name: 'rgb565-gray', kind: 'image', params: {}, shape: picture(3) },
  { name: 'rgb565-colour', kind: 'image', params: { channels: 3 }, shape: picture(3) },
];

describeWith(needsCommands('arm-none-eabi-g++', 'qemu-system-arm'), 'windows and pictures on Cortex-M', () => {
  let arm: ArmPrograms;
  let core: Core;
  beforeAll(async () => {
    arm = new ArmPrograms();
    core = await loadCore();
  });
  afterAll(() => arm.close());

  it.each([
    ['cortex-m4f', dspOfArmv7em],
    ['cortex-m0plus', dspOfArmv6m],
  ] as const)('execute what the fit expects of a %s, within 12 %%', async (processor, costs) => {
    const program = await arm.build(processor, '-Os', ['dsp', 'math'], 'test/firmware/dsp_arm/windows.cpp');
    const printed = await arm.run(processor, program, new Uint8Array(4));
    const counted = new Map([...printed.matchAll(/^(\S+) insns (\d+)/gm)].map((line) => [line[1], Number(line[2])]));
    expect([...counted.keys()]).toEqual(cases.map((each) => each.name));
    for (const { name, kind, params, shape } of cases) {
      const block = { kind, params: core.dspParameters(kind).map((each) => params[each.name] ?? each.default) };
      const expected = dspInstructions(costs, block, params, shape, core.featureCount(block, shape));
      const share = (counted.get(name) ?? 0) / (expected ?? 0);
      console.log(`${processor} ${name}: ${counted.get(name)} executed, ${Math.round(100 * share)} % of the estimate`);
      expect(Math.abs(share - 1), name).toBeLessThan(0.12);
    }
  });
});
