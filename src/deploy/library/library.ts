/**
 * A model image as source code without an interpreter: the core cut to what the model uses, the network as calls of its
 * kernels, its constants, one header, examples. As a folder for any C++11 compiler, or as an Arduino library.
 */
import { strToU8, zipSync } from 'fflate';
import type { Core } from '../../core';
import { DeployError } from '../errors';
import { parseImage } from '../image';
import { apiHeader } from './api';
import { dataCode, dataHeader } from './data';
import { goldenHeader, goldenMain, goldenSketch } from './golden-example';
import { dspNumberOf, hasObjects, libraryModel, networkOf, type LibraryModel } from './model';
import { kernelsOf, networkCode, networkHeader, type Network } from './network';
import { cmakeLists, keywords, libraryProperties, readme, type LibraryFormat } from './papers';
import { sensorSketches } from './sketches';
import { coreSources, kernelHeaders, libraryText, licenceText, type SourceFile } from './sources';

export interface LibraryFile {
  /** With `/`, below the library's folder. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

const blockHeaders = ['math/math.h', 'dsp/flatten.h', 'dsp/spectral.h', 'dsp/sound.h', 'dsp/sound.h', 'dsp/sound.h'];

function coreOf(model: LibraryModel, kernels: readonly string[]): SourceFile[] {
  const { way, manifest, wavelets } = model;
  const block =
    way === 'picture' ? [] : way === 'sound' ? ['dsp/sound.h', 'dsp/stream.h'] : [blockHeaders[dspNumberOf(model)]];
  const headers = [
    ...['math/exact.h', 'math/math.h', 'dsp/dsp.h', 'dsp/picture.h', 'device/judge.h', ...block],
    ...kernels,
    ...(manifest.anomaly ? ['anomaly/anomaly.h'] : []),
    ...(hasObjects(model) ? ['objects/objects.h'] : []),
  ];
  return coreSources({ headers, wavelets, pictures: way === 'picture' });
}

const networkSources = (network: Network, kernels: readonly string[]): SourceFile[] => [
  { path: 'dormouse/library/network.h', text: networkHeader(network) },
  { path: 'dormouse/library/network.cpp', text: networkCode(network, kernels) },
];

/** A network by itself, with the kernels that it calls: \`dormouse_model::network\` in src/dormouse/library/network.h. */
export function networkFiles(
  core: Core,
  tflite: Uint8Array,
): { readonly network: Network; readonly files: LibraryFile[] } {
  const network = networkOf(core, tflite);
  const kernels = kernelHeaders(kernelsOf(network.calls));
  const sources = [
    ...coreSources({ headers: kernels, wavelets: false, pictures: false }).map(({ path, text }) => ({
      path: `dormouse/${path}`,
      text,
    })),
    ...networkSources(network, kernels),
  ];
  return { network, files: filesOf(sources.map(({ path, text }) => ({ path: `src/${path}`, text }))) };
}

const filesOf = (sources: readonly SourceFile[]): LibraryFile[] =>
  sources.map(({ path, text }) => ({ name: path, bytes: strToU8(text) }));

function sourcesOf(model: LibraryModel): SourceFile[] {
  const own = ['answer.h', 'answer.cpp', `${model.way}.cpp`];
  if (model.manifest.block.kind === 'spectral' && !model.wavelets) own.push('no_wavelets.cpp');
  const api = `"../../${model.name}.h"`;
  const kernels = model.network ? kernelHeaders(kernelsOf(model.network.calls)) : [];
  return [
    { path: `${model.name}.h`, text: apiHeader(model) },
    ...coreOf(model, kernels).map(({ path, text }) => ({ path: `dormouse/${path}`, text })),
    ...own.map((name) => ({
      path: `dormouse/library/${name}`,
      text: libraryText(name).replaceAll('"api.h"', api),
    })),
    { path: 'dormouse/library/model_data.h', text: dataHeader(model) },
    { path: 'dormouse/library/model_data.cpp', text: dataCode(model) },
    ...(model.network ? networkSources(model.network, kernels) : []),
  ].map(({ path, text }) => ({ path: `src/${path}`, text }));
}

function examplesOf(model: LibraryModel, format: LibraryFormat): SourceFile[] {
  const golden = model.golden ? goldenHeader(model) : undefined;
  if (format === 'cpp')
    return golden
      ? [
          { path: 'examples/golden/golden.h', text: golden },
          { path: 'examples/golden/main.cpp', text: goldenMain() },
          { path: 'CMakeLists.txt', text: cmakeLists(model, true) },
        ]
      : [{ path: 'CMakeLists.txt', text: cmakeLists(model, false) }];
  return [
    ...(golden
      ? [
          { path: 'examples/Golden/golden.h', text: golden },
          { path: 'examples/Golden/Golden.ino', text: goldenSketch() },
        ]
      : []),
    ...sensorSketches(model).map(({ name, text }) => ({ path: `examples/${name}/${name}.ino`, text })),
    { path: 'library.properties', text: libraryProperties(model) },
    { path: 'keywords.txt', text: keywords(model) },
  ];
}

/**
 * The files of a library for the model in an image.
 * @throws DeployError `bad-image`.
 */
export function libraryFiles(
  core: Core,
  image: Uint8Array,
  format: LibraryFormat,
): { readonly name: string; readonly files: LibraryFile[] } {
  const parsed = parseImage(image);
  if (parsed.manifest.labels.length === 0)
    throw new DeployError('bad-image', 'This model has no label.', 'Train it again.');
  const model = libraryModel(core, parsed);
  const sketches = sensorSketches(model);
  const texts = [
    ...sourcesOf(model),
    ...examplesOf(model, format),
    { path: 'README.md', text: readme(model, format, sketches) },
    { path: 'LICENSE', text: licenceText() },
  ];
  return { name: model.name, files: filesOf(texts) };
}

/** As the Arduino IDE takes it: one folder with the library's name inside. The same bytes for the same model. */
export function arduinoZip(core: Core, image: Uint8Array): Uint8Array {
  const { name, files } = libraryFiles(core, image, 'arduino');
  const entries = Object.fromEntries(files.map((file) => [`${name}/${file.name}`, file.bytes]));
  return zipSync(entries, { mtime: new Date(1980, 0, 1), level: 9 });
}
