/** The trained model as a file of its own. */
import { exportModelFile } from '../deploy';
import { imageOf } from './deploying';
import type { Project } from './project';

/** Writes the file whole or not at all; answers its size in bytes. */
export async function exportModel(project: Project, format: 'tflite' | 'image', path: string): Promise<number> {
  const bytes = format === 'tflite' ? (await project.needTrained()).quantized.tflite : await imageOf(project);
  await exportModelFile(path, bytes);
  return bytes.length;
}
