/** When to use which model, in one plain sentence each. */
import type { ModelKind, ModelSize } from './types';

export const modelAdvice: Readonly<Record<ModelKind, Readonly<Record<ModelSize, string>>>> = {
  dense: {
    small:
      'For features such as statistics or spectra with few labels: a few hundred bytes and microseconds on any board.',
    medium: 'The usual choice for features (statistics, spectra): small, fast, and enough for a dozen labels.',
    large: 'For features with many labels or subtle differences, when you have hundreds of captures.',
  },
  conv1d: {
    small: 'For raw motion on the smallest boards, or when two or three gestures differ clearly.',
    medium: 'The usual choice for raw motion: learns the shape of a gesture wherever in the window it happens.',
    large: 'For raw motion with many or similar gestures, when you have hundreds of captures and a fast board.',
  },
  conv2d: {
    small: 'For a few keywords or very small pictures on the smallest boards.',
    medium: 'For keywords and small pictures when you have up to some hundred captures: learns quickly from little.',
    large: 'For small pictures with subtle differences, on boards with a few hundred kilobytes of memory.',
  },
  dscnn: {
    small:
      'The usual choice for keywords: some 25 KB of weights, accurate, and fast enough to listen all the time on a Cortex-M4.',
    medium: 'For a dozen keywords or noisy rooms, when you have hundreds of clips and a board with 256 KB of memory.',
    large: 'For many keywords with thousands of clips, on boards as fast as a Portenta.',
  },
  mobilenetv1: {
    small: 'For pictures on boards with 256 KB of memory: the narrowest MobileNet, a tenth of the original width.',
    medium: 'The usual choice for pictures of 96 pixels and more: person or no person, which part, which sort.',
    large: 'For pictures with many labels on boards with a megabyte of memory; needs hundreds of pictures a label.',
  },
  mobilenetv2: {
    small: 'For pictures when a little more accuracy is worth more time than MobileNet v1 small takes.',
    medium: 'For pictures when you start from a model trained elsewhere, as many published ones have this form.',
    large: 'For pictures with many labels on boards with a megabyte of memory, or as a trunk to teach others from.',
  },
  resnet8: {
    small: 'For pictures of about 32 pixels on boards with little memory, when place in the picture matters little.',
    medium: 'For pictures of about 32 pixels with many labels: accurate for its size, but slow on a Cortex-M4.',
    large: 'For pictures of about 32 pixels with thousands of examples, on boards as fast as a Portenta.',
  },
  autoencoder: {
    small: 'For noticing what is unusual in a few dozen features when you can only record what is normal.',
    medium: 'The usual choice for noticing what is unusual: learns normal from a few minutes of recordings.',
    large: 'For noticing what is unusual in hundreds of features, such as the spectrum of a machine.',
  },
  fomo: {
    small: 'For finding and counting one sort of thing in pictures on boards with 256 KB of memory.',
    medium: 'The usual choice for finding and counting things in pictures: says where their centres are.',
    large: 'For finding several similar things in pictures on boards with a megabyte of memory.',
  },
};
