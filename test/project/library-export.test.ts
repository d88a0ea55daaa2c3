/** Trained projects as source code: exported by the services, compiled, and asked for their golden windows. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { installRoot } from '../../src/base';
import { exportModel, Project } from '../../src/project';
import { recordSimulatedTakes, type TakesPlan } from '../../src/project/simulated-takes';
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

  const takes: Readonly<Record<string, Omit<TakesPlan, 'seed'>>> = {
    'words, streamed through MFCC into a DS-CNN': {
      ...{ task: 'audio', persons: 2, takesEach: 2, seconds: 1, rateHz: 16_000, backgroundSeconds: 4 },
    },
    'pictures, into convolutions': { task: 'image', persons: 2, takesEach: 2, seconds: 0, rateHz: 5 },
  };
  it.each(Object.keys(takes))(
    'answers as the app does, here and as Arm code: %s',
    { timeout: 240_000 },
    async (kind) => {
      const plan = takes[kind];
      const name = plan.task ?? 'motion';
      const project = await Project.create(join(projects.folder, name), { task: name, name });
      try {
        if (name === 'image')
          await project.change(({ impulse }) => ({
            impulse: { ...impulse, dsp: { kind: 'image', params: { 'image-width': 48, 'image-height': 48 } } },
          }));
        await recordSimulatedTakes(project.dataset, { ...plan, seed: 5 });
        await trainProject(project, { settings: { epochs: 1, threads: 2 } });
        const folder = join(projects.folder, `${name}-library`);
        await exportModel(project, 'cpp', folder);
        const files = (await readdir(folder, { recursive: true })).map((one) => one.replaceAll('\\', '/'));
        expect(files).toContain('src/dormouse/nn/kernels/conv.cpp');
        const sources = files.filter((one) => one.startsWith('src/') && one.endsWith('.cpp'));
        expect(await goldenHere(folder, sources)).toContain('the same bits as in Dormouse');
        if (needsCommands('arm-none-eabi-g++', 'qemu-system-arm').met)
          expect(await goldenOnArm(folder, sources)).toMatch(/same 1/);
      } finally {
        await project.close();
      }
    },
  );

  async function goldenHere(folder: string, sources: readonly string[]): Promise<string> {
    const flags = ['-std=gnu++14', '-O1', '-fsanitize=address,undefined', '-fno-sanitize-recover=all'];
    const objects = await programs.compile('g++', flags, folder, [...sources, 'examples/golden/main.cpp']);
    return programs.run(await programs.link('g++', flags, objects));
  }

  /** As the XIAO nRF52840 Sense's core compiles. */
  async function goldenOnArm(folder: string, sources: readonly string[]): Promise<string> {
    const flags = [
      ...['-std=gnu++11', '-Ofast', '-mcpu=cortex-m4', '-mfloat-abi=hard', '-mfpu=fpv4-sp-d16', '-mthumb'],
      ...['-fno-exceptions', '-fno-rtti', '-fno-threadsafe-statics', '-ffunction-sections', '-fdata-sections'],
    ];
    const bare = join(installRoot(), 'test/firmware/arm');
    const own = [...flags, `-I${bare}`, `-I${join(folder, 'examples/golden')}`];
    const main = [join(installRoot(), 'test/deploy/library_probe/golden_arm.cpp'), join(bare, 'bare.cpp')];
    const objects = [
      ...(await programs.compile('arm-none-eabi-g++', flags, folder, sources)),
      ...(await programs.compile('arm-none-eabi-g++', own, folder, main)),
    ];
    const linking = ['-nostartfiles', '-nostdlib', '-Wl,--gc-sections', '-T', join(bare, 'bare.ld')];
    const program = await programs.link('arm-none-eabi-g++', [...flags, ...linking], [...objects, '-lgcc']);
    return programs.runOnArm(program, new Uint8Array(4));
  }
});
