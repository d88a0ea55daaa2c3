/** The trained model as a file of its own: for boards, and for the tools of others. */
import { floatTflite } from '../compress';
import { exportModelFile, exportModelFolder } from '../deploy';
import { exportKeras, exportTfjs } from '../model';
import type { ModelFormat } from './contract';
import { imageOf } from './deploying';
import type { Project } from './project';

/**
 * Writes the file (of `tfjs`: the folder) whole or not at all; answers its size in bytes. The float formats hold the
 * model that the int8 one was made of, pruned where it was.
 */
export async function exportModel(project: Project, format: ModelFormat, path: string): Promise<number> {
  if (format === 'tfjs') {
    const { spec, weights } = await project.needTrained();
    const files = exportTfjs(spec, weights);
    await exportModelFolder(path, files);
    return files.reduce((sum, file) => sum + file.bytes.length, 0);
  }
  const bytes = await bytesOf(project, format);
  await exportModelFile(path, bytes);
  return bytes.length;
}

async function bytesOf(project: Project, format: Exclude<ModelFormat, 'tfjs'>): Promise<Uint8Array> {
  if (format === 'image') return imageOf(project);
  const { spec, weights, quantized } = await project.needTrained();
  if (format === 'tflite') return quantized.tflite;
  return format === 'keras' ? exportKeras(spec, weights) : floatTflite(spec, weights, project.settings.name);
}
