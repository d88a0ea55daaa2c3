/** What a file takes where it is stored or sent compressed. */
import { deflateSync } from 'fflate';

const level = 9;

/** Bytes after deflate: what weights that are zero save, since kernels store and compute them like any others. */
export const deflatedBytesOf = (file: Uint8Array): number => deflateSync(file, { level }).length;
