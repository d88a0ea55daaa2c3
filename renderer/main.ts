/** The product's entry: the real services behind `window.dormouse`, the interface in front of them. */
import { mount } from 'svelte';
import './ui/tokens.css';
import './ui/base.css';
import { App } from './shell/app.svelte';
import Shell from './shell/Shell.svelte';

const target = document.getElementById('app');
if (!target) throw new Error('The page has no place for the interface.');
const app = new App(window.dormouse);
mount(Shell, { target, props: { app } });
void app.begin();
