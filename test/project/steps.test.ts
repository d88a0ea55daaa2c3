import { describe, expect, it } from 'vitest';
import { stepStates, type StepFacts } from '../../src/project/steps';

const empty: StepFacts = {
  captures: 0,
  labels: 0,
  testing: 0,
  trained: null,
  tested: false,
  onBoard: false,
  recognising: false,
  window: '',
};

const nextOf = (facts: StepFacts) =>
  stepStates(facts)
    .filter((step) => step.next)
    .map((step) => step.step);

describe('the rail', () => {
  it('lights exactly one step, the next useful one', () => {
    expect(nextOf(empty)).toEqual(['capture']);
    expect(nextOf({ ...empty, captures: 10, labels: 2 })).toEqual(['data']);
    expect(nextOf({ ...empty, captures: 10, labels: 2, testing: 2 })).toEqual(['train']);
    expect(
      nextOf({ ...empty, captures: 10, labels: 2, testing: 2, trained: { int8: null, stale: false }, tested: true }),
    ).toEqual(['fit']);
    expect(
      nextOf({
        ...empty,
        captures: 10,
        labels: 2,
        testing: 2,
        trained: { int8: null, stale: false },
        tested: true,
        onBoard: true,
      }),
    ).toEqual(['live']);
  });

  it('goes back to training when the data has changed', () => {
    const facts = {
      ...empty,
      captures: 10,
      labels: 2,
      testing: 2,
      trained: { int8: null, stale: true },
      onBoard: true,
    };
    expect(nextOf(facts)).toEqual(['train']);
    expect(stepStates(facts).find((step) => step.step === 'train')?.summary).toContain('data changed');
  });

  it('does not call one label enough', () => {
    expect(nextOf({ ...empty, captures: 10, labels: 1 })).toEqual(['capture']);
  });
});
