import { mount } from 'svelte';
import App from './app/App.svelte';
import { keepForOffline } from './stores/offline.js';
import './styles/tokens.css';
import './styles/base.css';
import './styles/controls.css';
import './styles/range.css';

mount(App, { target: document.getElementById('app')! });
if (import.meta.env.PROD) keepForOffline();
