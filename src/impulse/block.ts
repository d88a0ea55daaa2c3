/** Settings of a DSP block by name become its parameters in the core's order. */
import type { Core, DspBlock } from '../core';
import { ImpulseError } from './errors';
import type { ImpulseSettings } from './types';

/** Throws ImpulseError `bad-parameter` for a name that the block does not know. */
export function makeBlock(dsp: ImpulseSettings['dsp'], core: Core): DspBlock {
  const known = core.dspParameters(dsp.kind);
  const stranger = Object.keys(dsp.params).find((name) => !known.some((parameter) => parameter.name === name));
  if (stranger !== undefined) {
    const action = `Known are ${known.map((parameter) => parameter.name).join(', ')}.`;
    throw new ImpulseError('bad-parameter', `The block ${dsp.kind} has no parameter called ${stranger}.`, action);
  }
  return { kind: dsp.kind, params: known.map((parameter) => dsp.params[parameter.name] ?? parameter.default) };
}
