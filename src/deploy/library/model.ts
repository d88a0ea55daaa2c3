/** What an exported library is made of: the model image's contents, and what follows from them for the code. */
import { plannedTflite } from '../../compress';
import { dspNumbers, dspParameterTables, type Core, type CoreModel, type TensorInfo } from '../../core';
import { roundedRateHz } from '../manifest';
import type { ParsedImage } from '../image';
import type { GoldenVector, ModelManifest } from '../types';
import type { Network } from './network';

/** How it is fed: windows or single frames of values, sound as it comes, pictures. */
export type Way = 'window' | 'sound' | 'picture';

/** The largest picture that an exported library takes. */
export const largestPicture = { width: 640, height: 480 } as const;

export interface LibraryNetwork extends Network {
  readonly input: TensorInfo;
  readonly output: TensorInfo;
}

export interface LibraryModel {
  /** Of the header, the folder and the zip: letters, digits and underscores, beginning with a letter. */
  readonly name: string;
  readonly manifest: ModelManifest;
  /** Without one the model tells only what is unusual. */
  readonly network: LibraryNetwork | undefined;
  readonly way: Way;
  readonly features: number;
  /** All parameters of the block. */
  readonly params: readonly number[];
  readonly scratchBytes: number;
  /** Scores that are judged: one per label, or none. */
  readonly scores: number;
  readonly wavelets: boolean;
  /** A vector that proves features and network. */
  readonly golden: GoldenVector | undefined;
}

export function libraryName(project: string): string {
  const safe = project
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .slice(0, 40);
  return `${/^[A-Za-z]/.test(safe) ? safe : `Project_${safe}`.replace(/_+$/, '')}_model`;
}

export const shapeOf = ({ shape }: ModelManifest) => ({ ...shape, rateHz: roundedRateHz(shape.rateHz) });

function wayOf(core: Core, manifest: ModelManifest): { way: Way; scratchBytes: number } {
  const { block, normalisation, sensor, strideFrames } = manifest;
  const shape = shapeOf(manifest);
  if (block.kind === 'image') {
    const own = { width: shape.width ?? 1, height: shape.frames / (shape.width ?? 1) };
    const sizes = [own, largestPicture].flatMap((size) =>
      (['gray8', 'rgb565', 'rgb888'] as const).map((format) =>
        core.imageScratchBytes(block, { ...size, format }, normalisation.mean.length),
      ),
    );
    return { way: 'picture', scratchBytes: Math.max(...sizes) };
  }
  const streamed =
    sensor === 'audio' && shape.axes === 1 ? core.soundStateBytes(block, shape, strideFrames) : undefined;
  return streamed === undefined
    ? { way: 'window', scratchBytes: core.dspScratchBytes(block, shape) }
    : { way: 'sound', scratchBytes: streamed };
}

/** @throws CoreError as Core.openModel(). */
export function networkOf(core: Core, file: Uint8Array): LibraryNetwork {
  const tflite = plannedTflite(core, file);
  const model: CoreModel = core.openModel(tflite);
  const { arenaBytes } = model;
  const [input] = model.inputs;
  const [output] = model.outputs;
  const calls = model.kernelCalls();
  model.close();
  return { calls, arenaBytes, tflite, input, output, inputBytes: input.bytes, outputBytes: output.bytes };
}

export function libraryModel(core: Core, { manifest, tflite, golden }: ParsedImage): LibraryModel {
  const { block } = manifest;
  const params = dspParameterTables[block.kind].map((parameter, i) => block.params[i] ?? parameter.default);
  const analysis = dspParameterTables.spectral.findIndex(({ name }) => name === 'analysis');
  return {
    name: libraryName(manifest.name),
    manifest,
    network: tflite.length > 0 ? networkOf(core, tflite) : undefined,
    ...wayOf(core, manifest),
    features: core.featureCount(block, shapeOf(manifest)),
    params,
    scores: manifest.head === 'none' ? 0 : manifest.labels.length,
    wavelets: block.kind === 'spectral' && params[analysis] === 1,
    golden: golden.find(({ window, sound, picture }) => window ?? sound ?? picture),
  };
}

export const dspNumberOf = ({ manifest }: LibraryModel): number => dspNumbers[manifest.block.kind];
export const hasObjects = ({ manifest }: LibraryModel): boolean => manifest.head === 'objects';
