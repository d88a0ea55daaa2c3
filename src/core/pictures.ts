/** Pictures through the image block of the WebAssembly core. Knows nothing of files: JPEG and PNG are decoded elsewhere. */
import { dspNumbers, dspParameterTables } from './dsp-parameters';
import { CoreError } from './errors';
import type { DspBlock, ImageGeometry, Normalisation, Picture } from './types';
import type { CoreInstance } from './wasm';

/** Format numbers of firmware/PROTOCOL.md, and bytes to a pixel. */
const formats = {
  gray8: { number: 0, bytes: 1 },
  rgb565: { number: 1, bytes: 2 },
  rgb888: { number: 2, bytes: 3 },
} as const;

const TOO_LARGE = -3;

type Arguments = [
  kind: number,
  count: number,
  params: number,
  bytes: number,
  width: number,
  height: number,
  format: number,
];

export class Pictures {
  constructor(private readonly core: CoreInstance) {}

  features(block: DspBlock, picture: Picture): Float32Array {
    const call = this.begin(block, picture);
    const scratch = this.scratch(call, picture, 0);
    const count = outputValues(block);
    const out = this.core.allocate(count * 4);
    check(this.core.exports.core_image_features(...call, out, scratch.pointer, scratch.bytes), picture);
    return this.core.floats(out, count);
  }

  input(
    block: DspBlock,
    picture: Picture,
    normalisation: Normalisation | undefined,
    scale: number,
    zeroPoint: number,
  ): Int8Array {
    const { mean, inverseStd } = normalisation ?? { mean: new Float32Array(), inverseStd: new Float32Array() };
    if (mean.length !== inverseStd.length)
      throw new CoreError('bad-input', `${mean.length} means and ${inverseStd.length} deviations do not fit.`);
    const call = this.begin(block, picture);
    const scratch = this.scratch(call, picture, mean.length);
    const count = outputValues(block);
    const out = this.core.allocate(count);
    const normalise = [this.core.putFloats(mean), this.core.putFloats(inverseStd), mean.length] as const;
    const rest = [...normalise, scale, zeroPoint, out, scratch.pointer, scratch.bytes] as const;
    check(this.core.exports.core_image_input(...call, ...rest), picture);
    return new Int8Array(this.core.bytes(out, count).buffer);
  }

  geometry(block: DspBlock, width: number, height: number): ImageGeometry {
    this.core.exports.core_reset();
    const out = this.core.allocate(32);
    const params = this.core.putFloats(block.params);
    const call = [dspNumbers[block.kind], block.params.length, params, width, height, out] as const;
    check(this.core.exports.core_image_geometry(...call), { width, height });
    const [x, y, w, h, left, top, placeWidth, placeHeight] = this.core.words(out, 8);
    return {
      crop: { x, y, width: w, height: h },
      place: { x: left, y: top, width: placeWidth, height: placeHeight },
    };
  }

  scratchBytes(block: DspBlock, picture: Omit<Picture, 'bytes'>, period: number): number {
    const { width, height, format } = picture;
    this.core.exports.core_reset();
    const params = this.core.putFloats(block.params);
    const call = [
      dspNumbers[block.kind],
      block.params.length,
      params,
      0,
      width,
      height,
      formats[format].number,
    ] as const;
    const bytes = this.core.exports.core_image_scratch(...call, period);
    check(Math.min(bytes, 0), picture);
    return bytes;
  }

  private begin(block: DspBlock, picture: Picture): Arguments {
    const { width, height, bytes } = picture;
    const format = formats[picture.format];
    if (bytes.length !== width * height * format.bytes)
      throw new CoreError(
        'bad-input',
        `${bytes.length} bytes are not a ${picture.format} picture of ${size(picture)}.`,
      );
    this.core.exports.core_reset();
    const params = this.core.putFloats(block.params);
    const pixels = this.core.putBytes(bytes);
    return [dspNumbers[block.kind], block.params.length, params, pixels, width, height, format.number];
  }

  private scratch(call: Arguments, picture: Picture, period: number): { pointer: number; bytes: number } {
    const bytes = this.core.exports.core_image_scratch(...call, period);
    check(Math.min(bytes, 0), picture);
    return { pointer: this.core.allocate(bytes), bytes };
  }
}

function size(picture: { readonly width: number; readonly height: number }): string {
  return `${picture.width} x ${picture.height} pixels`;
}

function check(status: number, picture: { readonly width: number; readonly height: number }): void {
  if (status >= 0) return;
  if (status === TOO_LARGE) throw new CoreError('too-large', `A picture of ${size(picture)} is too large.`);
  throw new CoreError('bad-parameter', `The image block does not take these parameters for ${size(picture)}.`);
}

/** How many values the image block makes; its parameters were checked. */
function outputValues(block: DspBlock): number {
  return [0, 1, 2].reduce((product, i) => product * (block.params[i] ?? dspParameterTables.image[i].default), 1);
}
