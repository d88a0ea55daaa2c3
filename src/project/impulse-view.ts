/** Shows and changes how windows are cut and what is computed from them. */
import { loadCore, soundBins } from '../core';
import {
  featureNames,
  featuresAt,
  isPictureImpulse,
  resolveImpulse,
  windowStarts,
  type ImpulseSettings,
  type ResolvedImpulse,
} from '../impulse';
import type { FeaturePreview, RequestOutput } from './contract';
import { reportOf } from '../base';
import { ProjectError } from './errors';
import type { DeviceHub } from './hub';
import type { Project } from './project';
import { capturesOf } from './rows';

export async function impulseState(project: Project): Promise<RequestOutput<'impulse.get'>> {
  const core = await loadCore();
  const settings = project.settings.impulse;
  const parameters = core.dspParameters(settings.dsp.kind);
  const captures = capturesOf(project);
  if (captures.length === 0) return { settings, resolved: null, parameters, problem: '' };
  try {
    return { settings, resolved: resolveImpulse(settings, captures, core), parameters, problem: '' };
  } catch (error) {
    const report = reportOf(error);
    return { settings, resolved: null, parameters, problem: `${report.message} ${report.action}` };
  }
}

/** Merges the given parts; parameters of another block are dropped, since they mean nothing to the new one. */
export async function changeImpulse(
  project: Project,
  part: Partial<ImpulseSettings>,
): Promise<RequestOutput<'impulse.get'>> {
  const core = await loadCore();
  await project.change(({ impulse: before }) => {
    const kind = part.dsp?.kind ?? before.dsp.kind;
    const known = new Set(core.dspParameters(kind).map((parameter) => parameter.name));
    const params = { ...(kind === before.dsp.kind ? before.dsp.params : {}), ...part.dsp?.params };
    const stranger = Object.keys(params).find((name) => !known.has(name));
    if (stranger !== undefined)
      throw new ProjectError(
        'bad-argument',
        `The ${kind} block has no parameter "${stranger}".`,
        `It has: ${[...known].join(', ')}.`,
      );
    return { impulse: { ...before, ...part, dsp: { kind, params } } };
  });
  return impulseState(project);
}

/** What the model sees, where that is a picture or a spectrogram: values 0 to 1. */
function asPicture(resolved: ResolvedImpulse, values: Float32Array): FeaturePreview['picture'] {
  const [rows, columns, channels = 1] = resolved.inputShape;
  if (isPictureImpulse(resolved)) return { rows, columns, channels, values: Array.from(values) };
  if (soundBins(resolved.block) === 0) return undefined;
  return { rows, columns, channels, values: stretched(values, columns, resolved.block.kind === 'mfcc') };
}

/** Between 0 and 1 as a whole; cepstra, of which each has its own range, column by column. */
function stretched(values: Float32Array, columns: number, each: boolean): number[] {
  const period = each ? columns : 1;
  const low = new Float64Array(period).fill(Infinity);
  const high = new Float64Array(period).fill(-Infinity);
  for (const [i, value] of values.entries()) {
    low[i % period] = Math.min(low[i % period], value);
    high[i % period] = Math.max(high[i % period], value);
  }
  return Array.from(values, (value, i) => {
    const range = high[i % period] - low[i % period];
    return range > 0 ? (value - low[i % period]) / range : 0;
  });
}

/** One window of a capture through the DSP block. `start` is the frame in the capture, snapped to the nearest window. */
export async function previewFeatures(project: Project, id: string, start: number): Promise<FeaturePreview> {
  const core = await loadCore();
  const resolved = resolveImpulse(project.settings.impulse, capturesOf(project), core);
  const capture = await project.dataset.get(id);
  const starts = windowStarts(capture, resolved);
  if (starts.length === 0)
    throw new ProjectError(
      'needs-data',
      'This capture has no whole window: its gaps or its trim leave too little.',
      'Choose another capture, or a shorter window.',
    );
  const nearest = starts.reduce((best, candidate) =>
    Math.abs(candidate - start) < Math.abs(best - start) ? candidate : best,
  );
  const began = performance.now();
  const values = featuresAt(core, capture, nearest, resolved);
  const featureMicros = (performance.now() - began) * 1000;
  return {
    windows: starts.length,
    featureNames: featureNames(resolved),
    values: Array.from(values),
    label: capture.label,
    scratchBytes: core.dspScratchBytes(resolved.block, resolved.shape),
    featureMicros,
    picture: asPicture(resolved, values),
  };
}

/** The newest picture of the camera that streams, as the trained model sees it; null where nothing of that is there. */
export async function seenNow(project: Project, hub: DeviceHub): Promise<FeaturePreview['picture'] | null> {
  const resolved = (await project.trained())?.resolved;
  const picture = hub.recallPicture(Infinity);
  if (!resolved || !picture || !isPictureImpulse(resolved)) return null;
  const { pixels, width, height } = picture;
  const format = picture.format === 'rgb' ? 'rgb888' : 'gray8';
  const core = await loadCore();
  const values = core.imageFeatures(resolved.block, { bytes: pixels, width, height, format });
  return asPicture(resolved, values) ?? null;
}
