/**
 * The development page: the interface over a fake of the services, for working on screens and for test/renderer.
 * `?scene=welcome|empty|data|trained|flashed`, `&step=`, `&task=`, `&board=none|sim|sound`, `&size=` (captures). Never built.
 */
import { mount } from 'svelte';
import '../ui/tokens.css';
import '../ui/base.css';
import { App } from '../shell/app.svelte';
import { stepNames } from '../shell/session.svelte';
import Shell from '../shell/Shell.svelte';
import { FakeDormouse, scenes } from './fake-dormouse';

const tasks = ['motion', 'audio', 'image', 'anomaly'] as const;
const query = new URLSearchParams(location.search);
const scene = scenes.find((name) => name === query.get('scene')) ?? 'trained';
const task = tasks.find((name) => name === query.get('task')) ?? 'motion';
const fake = new FakeDormouse(scene, query.get('board') ?? 'sim', Number(query.get('size') ?? 60), task);
Object.defineProperty(window, 'dormouse', { value: fake });

const target = document.getElementById('app') as HTMLElement;
const app = new App(fake);
mount(Shell, { target, props: { app } });
await app.begin();
const step = stepNames.find((name) => name === query.get('step'));
if (step) app.session.step = step;
document.documentElement.dataset['ready'] = 'true';
