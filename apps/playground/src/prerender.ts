import { render } from 'svelte/server';
import App from './app/App.svelte';
import { rooms } from './app/rooms.js';

/** The first room as HTML, with its example: the page shows it before any script is there. */
export async function drawn(): Promise<string> {
  const { id, load } = rooms[0]!;
  const { default: Content } = await load();
  return render(App, { props: { first: { id, Content } } }).body;
}
