/**
 * The house's one-way street, as a rule: a folder of src/ imports only from folders left of it in the data's way, plus
 * the foundations; nothing in src/ knows the shell or the interface; the interface sees types and the contract only.
 */
const way = ['link', 'dataset', 'impulse', 'model', 'train', 'compress', 'fit', 'deploy', 'live'];

const againstTheFlow = way.slice(0, -1).map((folder, index) => ({
  name: `${folder}-imports-only-from-its-left`,
  severity: 'error',
  from: { path: `^src/${folder}/` },
  to: { path: `^src/(${way.slice(index + 1).join('|')})/` },
}));

module.exports = {
  forbidden: [
    ...againstTheFlow,
    {
      name: 'steps-do-not-know-who-drives-them',
      severity: 'error',
      from: { path: `^src/(${way.join('|')}|base|core|boards)/` },
      to: { path: '^src/(project|cli)/' },
    },
    {
      name: 'project-does-not-know-the-command-line',
      severity: 'error',
      from: { path: '^src/project/' },
      to: { path: '^src/cli/' },
    },
    { name: 'base-knows-nobody', severity: 'error', from: { path: '^src/base/' }, to: { path: '^src/(?!base/)' } },
    {
      name: 'core-knows-only-base',
      severity: 'error',
      from: { path: '^src/core/' },
      to: { path: '^src/(?!base/|core/)' },
    },
    {
      name: 'boards-know-only-base',
      severity: 'error',
      from: { path: '^src/boards/' },
      to: { path: '^src/(?!base/|boards/)' },
    },
    { name: 'src-knows-no-shell', severity: 'error', from: { path: '^src/' }, to: { path: '^(electron|renderer)/' } },
    { name: 'shell-knows-no-interface', severity: 'error', from: { path: '^electron/' }, to: { path: '^renderer/' } },
    {
      name: 'interface-sees-only-contracts',
      severity: 'error',
      from: { path: '^renderer/', pathNot: '^renderer/dev/' },
      to: {
        path: '^(src|electron)/',
        pathNot: '^(src/[a-z]+/(types|spec|engine|contract|errors)\\.ts|src/base/errors\\.ts|electron/bridge\\.ts)$',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'one-door-a-folder',
      severity: 'error',
      comment: 'Other folders come in through index.ts, or through a pure types file.',
      from: { path: '^src/([a-z]+)/' },
      to: {
        path: '^src/([a-z]+)/',
        pathNot: ['^src/$1/', '^src/[a-z]+/(index|types|spec|engine|contract)\\.ts$'],
      },
    },
    {
      name: 'no-circles',
      severity: 'error',
      from: { path: '^(src|electron)/' },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: { extensions: ['.ts', '.svelte.ts', '.svelte', '.js', '.mjs'] },
  },
};
