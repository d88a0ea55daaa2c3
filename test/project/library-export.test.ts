/** A trained project as source code: exported by the services, compiled, and asked for its golden window. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { exportModel } from '../../src/project';
import { trainProject } from '../../src/project/training';
import { LibraryPrograms } from '../support/library-programs';
import { describeWith, needsCommands } from '../support/needs';
import { smallProjects, type SmallProjects } from './small-project';

describeWith(needsCommands('g++'), 'a trained project as source code', () => {
  let projects: SmallProjects;
  let programs: LibraryPrograms;
  beforeAll(async () => {
    projects = await smallProjects();
    programs = new LibraryPrograms();
  }, 120_000);
  afterAll(async () => {
    programs.close();
    await projects.remove();
  });

  it('is written, compiled and answers as the app does', { timeout: 240_000 }, async () => {
    const project = await projects.open({
      anomaly: { kind: 'mixture', clusters: 2, quantile: 0.95 },
    });
    await project.change(({ impulse }) => ({ impulse: { ...impulse, dsp: { kind: 'spectral', params: {} } } }));
    await trainProject(project);
    const folder = join(projects.folder, 'library');
    const written = await exportModel(project, 'cpp', folder);
    const files = (await readdir(folder, { recursive: true })).map((name) => name.replaceAll('\\', '/'));
    const sizes = await Promise.all(files.map(async (name) => stat(join(folder, name))));
    expect(sizes.reduce((sum, one) => sum + (one.isFile() ? one.size : 0), 0)).toBe(written);
    // Spectra, but no wavelets.
    expect(files).toContain('src/dormouse/dsp/spectral.cpp');
    expect(files.filter((name) => /wavelet(_tables)?\.cpp$/.test(name))).toEqual([]);
    const sources = files.filter((name) => name.startsWith('src/') && name.endsWith('.cpp'));
    const flags = ['-std=gnu++17', '-O1', '-fsanitize=address,undefined', '-fno-sanitize-recover=all'];
    const objects = await programs.compile('g++', flags, folder, [...sources, 'examples/golden/main.cpp']);
    const said = await programs.run(await programs.link('g++', flags, objects));
    expect(said).toContain('the same bits as in Dormouse');

    const zip = join(projects.folder, 'library.zip');
    expect(await exportModel(project, 'arduino', zip)).toBe((await stat(zip)).size);
    expect(Object.keys(unzipSync(await readFile(zip)))).toContain('p_model/library.properties');
    await expect(exportModel(project, 'cpp', folder)).rejects.toMatchObject({ code: 'file' });
  });
});
