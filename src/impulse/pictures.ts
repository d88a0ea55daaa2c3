/**
 * Impulses of pictures: every capture is one window, made as small as the model looks at it by the core's image block.
 * Size and colours are taken from the captures where the settings leave them open. Knows nothing of files.
 */
import type { Core, DspBlock, Picture } from '../core';
import type { Capture, CaptureSummary } from '../dataset';
import { makeBlock } from './block';
import { ImpulseError } from './errors';
import type { ImpulseSettings, ResolvedImpulse } from './types';

/** What models for small boards look at; more costs RAM and time that such boards do not have. */
const usualSide = 96;
/** Sides that halve a few times without a remainder, as networks halve them. */
const sideStep = 8;
const leastSide = 16;

/** Parameters of the image block in the order of its table. */
const [WIDTH, HEIGHT, CHANNELS] = [0, 1, 2];
/** Values of resize-mode. */
const [FILL, SQUASH] = [0, 2];

export const isPictureImpulse = ({ block }: Pick<ResolvedImpulse, 'block'>): boolean => block.kind === 'image';

/** The capture's pixels as bytes. Throws ImpulseError `wrong-capture` where it is no picture. */
export function pictureOf(capture: Capture): Picture {
  const { width, frames, axes, values } = capture;
  if (width === undefined)
    throw new ImpulseError(
      'wrong-capture',
      `The capture ${capture.id} is not a picture.`,
      'Choose a picture, or another block in Impulse.',
    );
  const format = axes.length === 1 ? 'gray8' : 'rgb888';
  return { bytes: Uint8Array.from(values), width, height: frames / width, format };
}

/** The largest usual side that no capture's shorter side lies below, but for the smallest tenth of them. */
function sideFor(pictures: readonly CaptureSummary[]): number {
  const sides = pictures.map(({ width = 1, frames }) => Math.min(width, frames / width)).sort((a, b) => a - b);
  const small = sides[Math.floor(sides.length / 10)];
  return Math.max(leastSide, Math.min(usualSide, Math.floor(small / sideStep) * sideStep));
}

/**
 * Sides, colours and the way of resizing, where the settings do not say. Where things are to be found and counted, all
 * of the picture is looked at; where it is one thing that is to be named, its proportions count for more than its edges.
 */
function chosenParameters(
  pictures: readonly CaptureSummary[],
  given: ImpulseSettings['dsp']['params'],
): Record<string, number> {
  const side = sideFor(pictures);
  const inColour = pictures.some(({ axes }) => axes.length === 3);
  const hasBoxes = pictures.some(({ boxes }) => boxes.length > 0);
  return {
    'image-width': given['image-height'] ?? side,
    'image-height': given['image-width'] ?? side,
    channels: inColour ? 3 : 1,
    'resize-mode': hasBoxes ? SQUASH : FILL,
    ...given,
  };
}

function shapeOf(block: DspBlock): { width: number; height: number; channels: number } {
  return { width: block.params[WIDTH], height: block.params[HEIGHT], channels: block.params[CHANNELS] };
}

/** As resolveImpulse(), for settings with an image block. The shape is that of the small picture. */
export function resolvePictures(
  settings: ImpulseSettings,
  captures: readonly CaptureSummary[],
  core: Core,
): ResolvedImpulse {
  const pictures = captures.filter(({ kind, width }) => kind === 'image' && width !== undefined);
  if (pictures.length === 0)
    throw new ImpulseError(
      'no-axes',
      'None of the captures is a picture.',
      'Take or import some pictures, or choose another block.',
    );
  const params = chosenParameters(pictures, settings.dsp.params);
  const block = makeBlock({ kind: 'image', params }, core);
  const { width, height, channels } = shapeOf(block);
  const axes = channels === 1 ? ['gray'] : ['red', 'green', 'blue'];
  const frames = width * height;
  const shape = { frames, axes: channels, rateHz: 1, width };
  const featureCount = core.featureCount(block, shape);
  const others = captures.length - pictures.length;
  return {
    shape,
    strideFrames: frames,
    axes,
    units: axes.map(() => 'N/A'),
    block,
    featureCount,
    inputShape: [height, width, channels],
    warnings:
      others === 0 ? [] : [`${others === 1 ? 'One capture is' : `${others} captures are`} no picture and not used.`],
  };
}
