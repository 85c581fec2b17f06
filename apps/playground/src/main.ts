import { hydrate, mount } from 'svelte';
import App from './app/App.svelte';
import { roomOf, rooms } from './app/rooms.js';
import { address } from './stores/address.svelte.js';
import { keepForOffline } from './stores/offline.js';
import './styles/tokens.css';
import './styles/base.css';
import './styles/controls.css';
import './styles/range.css';

const target = document.getElementById('app')!;
const room = roomOf(address.room);
// If this fails, the frame loads it again and reports the error.
const first = await room.load().then(
  ({ default: Content }) => ({ id: room.id, Content }),
  () => null,
);
// The build draws the first room into the page; another one takes its place.
const isDrawn = target.childElementCount > 0 && room === rooms[0] && first !== null;
if (!isDrawn) target.replaceChildren();
(isDrawn ? hydrate : mount)(App, { target, props: { first } });
delete document.documentElement.dataset.elsewhere;
if (import.meta.env.PROD) keepForOffline();
