/** What is said while pictures are taken. */
import { count } from '../../ui/format';

export const cameraWords = {
  view: (width: number, height: number) => `Live picture of the camera, ${width} × ${height} pixels`,
  waiting: 'Waiting for the first picture',
  size: (width: number, height: number, channels: number) =>
    `${width} × ${height} · ${channels === 3 ? 'colour' : 'gray'}`,
  shown: (fps: number) => `${fps.toFixed(0)} shown per second`,
  sees: 'What the model sees',
  seesTerm: 'impulse',
  seesNothing: 'Take a picture to see here what the model gets of it.',
  seesOf: (width: number, height: number, channels: number) =>
    `${width} × ${height}, ${channels === 3 ? 'colour' : 'gray'}`,
  seesLabel: (width: number, height: number) => `What the model sees of the last picture, ${width} × ${height} pixels`,
  burst: 'Pictures',
  every: 'One every',
  takeOne: 'Take a picture',
  takeBurst: (n: number) => `Take ${count(n, 'picture')}`,
  dimensions: (width: number, height: number) => `${width} × ${height}`,
  idleHint: 'Space takes one picture, R several, H as long as it is held.',
};
