/** How exact the core's own float functions are: the bounds that firmware/dormouse/src/math/math.h promises. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { cppFiles, NativeTests } from '../support/native';
import { describeWith, needsCommands } from '../support/needs';

describeWith(needsCommands('g++'), 'the core’s float functions', () => {
  let native: NativeTests;
  let printed: string;
  beforeAll(async () => {
    native = new NativeTests();
    const core = [...cppFiles('firmware/dormouse/src/math'), 'firmware/dormouse/src/nn/multiplier.cpp'];
    printed = await native.run(await native.build('math_test', [...core, 'test/firmware/math_test.cpp']));
  });
  afterAll(() => {
    native.close();
  });

  it.each(['logarithm', 'exponential', 'sinCos', 'sinCosOfTurn'])('%s is within 1 unit of the last place', (name) => {
    expect(Number(new RegExp(`^${name} (.*)$`, 'm').exec(printed)?.[1])).toBeLessThanOrEqual(1.0001);
  });

  it.each(['squareRoot', 'roundAway', 'quantiseRatio'])('%s is exact', (name) => {
    expect(Number(new RegExp(`^${name} (.*)$`, 'm').exec(printed)?.[1])).toBe(0);
  });
});
