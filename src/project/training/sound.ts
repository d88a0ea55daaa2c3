/**
 * What training does with sound before there are features: recorded background mixed into everything, words said earlier
 * or faster, and a word on labels that recognition of sound cannot do without. Knows nothing of models.
 */
import type { CaptureSummary } from '../../dataset';
import type { ResolvedImpulse, SoundVariation } from '../../impulse';
import type { TrainSettings } from '../contract';
import type { Project } from '../project';

/** The label of nothing happening, also as other collections call it: mixed into all others while training. */
const isBackground = (label: string): boolean => /^_?(background|noise|silence)/i.test(label.trim());
const isUnknown = (label: string): boolean => /^_?(unknown|other)/i.test(label.trim());

/** Of background that is mixed in: more recordings, or longer ones, than training can have heard all of. */
const mostNoises = 30;
const longestNoiseSeconds = 60;

const variation: Omit<SoundVariation, 'noises' | 'seed'> = {
  copies: 3,
  shift: 0.1,
  speed: 0.1,
  gain: 2,
  noisy: 0.5,
  noiseRatio: [0.03, 0.3],
};

/** Recordings of background at the impulse's rate, in an order that depends on their content alone. */
async function noisesOf(project: Project, resolved: ResolvedImpulse, training: readonly CaptureSummary[]) {
  const { rateHz } = resolved.shape;
  const quiet = training.filter(
    ({ label, kind, axes, rateHz: own, segments }) =>
      isBackground(label) && kind === 'audio' && axes.length === 1 && own === rateHz && segments.length === 0,
  );
  quiet.sort((a, b) => (a.hash < b.hash ? -1 : 1));
  const noises: Float32Array[] = [];
  for (const { id, trim } of quiet.slice(0, mostNoises)) {
    const { values } = await project.dataset.get(id);
    const first = trim?.start ?? 0;
    noises.push(values.slice(first, Math.min(trim?.end ?? values.length, first + longestNoiseSeconds * rateHz)));
  }
  return noises;
}

/** Undefined where nothing is to be varied, or what is learned is no sound. */
export async function soundVariationFor(
  project: Project,
  resolved: ResolvedImpulse,
  training: readonly CaptureSummary[],
  { augment, seed }: Pick<TrainSettings, 'augment' | 'seed'>,
): Promise<SoundVariation | undefined> {
  if (!augment || !isSoundImpulse(resolved)) return undefined;
  return { ...variation, noises: await noisesOf(project, resolved, training), seed };
}

/** One axis of a microphone. */
export const isSoundImpulse = ({ axes, units }: ResolvedImpulse): boolean => axes.length === 1 && units[0] === 'wav';

/** What a recogniser of sound will do in a room where other things are heard, too, if it never learned of them. */
export function missingLabelWarnings(labels: readonly string[]): string[] {
  const warnings: string[] = [];
  if (!labels.some(isUnknown))
    warnings.push(
      'No recordings are labelled "unknown", so every word that is said will be taken for one of the labels. Record or import other words as "unknown".',
    );
  if (!labels.some(isBackground))
    warnings.push(
      'No recordings are labelled "background", so silence and noise will be taken for one of the labels. Record a minute or more of nothing as "background".',
    );
  return warnings;
}
