/** Words in a project's takes: which captures they can be looked for in. */
import { findWords, type Capture, type WordOptions, type Words } from '../dataset';
import { ProjectError } from './errors';

/** @throws ProjectError `bad-argument` for what is no sound of one channel. */
export function wordsOf(capture: Capture, options: WordOptions = {}): Words {
  if (capture.kind === 'audio' && capture.axes.length === 1) return findWords(capture.values, capture.rateHz, options);
  const what =
    capture.kind === 'audio'
      ? `The capture ${capture.id} has ${capture.axes.length} channels; words are looked for in one.`
      : `The capture ${capture.id} is no sound, so there are no words in it.`;
  throw new ProjectError('bad-argument', what, 'Choose a recording of a microphone.');
}
