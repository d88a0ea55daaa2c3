/**
 * Decodes IMA ADPCM as boards send it (firmware/dormouse/src/wire/adpcm.cpp): each block says where its encoder stood, so that
 * a lost block spoils no other. Pure.
 */

// prettier-ignore
const steps = Int16Array.of(
  7, 8, 9, 10, 11, 12, 13, 14, 16, 17, 19, 21, 23, 25, 28, 31, 34, 37, 41, 45, 50, 55, 60, 66, 73, 80, 88, 97, 107, 118, 130,
  143, 157, 173, 190, 209, 230, 253, 279, 307, 337, 371, 408, 449, 494, 544, 598, 658, 724, 796, 876, 963, 1060, 1166, 1282,
  1411, 1552, 1707, 1878, 2066, 2272, 2499, 2749, 3024, 3327, 3660, 4026, 4428, 4871, 5358, 5894, 6484, 7132, 7845, 8630,
  9493, 10442, 11487, 12635, 13899, 15289, 16818, 18500, 20350, 22385, 24623, 27086, 29794, 32767,
);
const moves = Int8Array.of(-1, -1, -1, -1, 2, 4, 6, 8);

/** Bytes before the codes: i16 predictor, u8 step index, u8 0. */
export const adpcmHeader = 4;

export const adpcmBytes = (samples: number): number => adpcmHeader + Math.ceil(samples / 2);

/** `count` samples of a block; undefined where its head is impossible or it has another length. */
export function adpcmDecode(block: Uint8Array, count: number): Int16Array | undefined {
  if (block.length !== adpcmBytes(count) || block[2] >= steps.length) return undefined;
  let predictor = ((block[0] | (block[1] << 8)) << 16) >> 16;
  let index = block[2];
  const samples = new Int16Array(count);
  for (let i = 0; i < count; i++) {
    const byte = block[adpcmHeader + (i >> 1)];
    const code = i % 2 === 0 ? byte & 15 : byte >> 4;
    const step = steps[index];
    let change = step >> 3;
    if (code & 4) change += step;
    if (code & 2) change += step >> 1;
    if (code & 1) change += step >> 2;
    predictor = Math.min(32767, Math.max(-32768, code & 8 ? predictor - change : predictor + change));
    index = Math.min(steps.length - 1, Math.max(0, index + moves[code & 7]));
    samples[i] = predictor;
  }
  return samples;
}
