/** The trained model as a file of its own: for boards, and for the tools of others. */
import { floatTflite } from '../compress';
import { loadCore } from '../core';
import { arduinoZip, exportModelFile, exportModelFolder, libraryFiles } from '../deploy';
import { exportKeras, exportTfjs } from '../model';
import type { ModelFormat } from './contract';
import { imageOf } from './deploying';
import { ProjectError } from './errors';
import type { Project } from './project';

/**
 * Writes the file (of `tfjs` and `cpp`: the folder) whole or not at all; answers its size in bytes. The float formats hold the
 * model that the int8 one was made of, pruned where it was.
 */
export async function exportModel(project: Project, format: ModelFormat, path: string): Promise<number> {
  if (format === 'tfjs' || format === 'cpp') {
    const files = await filesOf(project, format);
    await exportModelFolder(path, files);
    return files.reduce((sum, file) => sum + file.bytes.length, 0);
  }
  const bytes = await bytesOf(project, format);
  await exportModelFile(path, bytes);
  return bytes.length;
}

async function filesOf(project: Project, format: 'tfjs' | 'cpp') {
  if (format === 'cpp') return libraryFiles(await loadCore(), await imageOf(project), 'cpp').files;
  const { spec, weights, quantized } = await project.needTrained();
  if (quantized.tflite.length === 0) throw withoutNetwork();
  return exportTfjs(spec, weights);
}

const withoutNetwork = () =>
  new ProjectError(
    'bad-argument',
    'This model has no network to export: it knows what is normal by clusters alone.',
    'Export the model image, or learn by an autoencoder.',
  );

async function bytesOf(project: Project, format: Exclude<ModelFormat, 'tfjs' | 'cpp'>): Promise<Uint8Array> {
  if (format === 'image') return imageOf(project);
  if (format === 'arduino') return arduinoZip(await loadCore(), await imageOf(project));
  const { spec, weights, quantized } = await project.needTrained();
  if (quantized.tflite.length === 0) throw withoutNetwork();
  if (format === 'tflite') return quantized.tflite;
  return format === 'keras' ? exportKeras(spec, weights) : floatTflite(spec, weights, project.settings.name);
}
