import type { Component } from 'svelte';

export interface Room {
  readonly id: string;
  readonly name: string;
  /** A path of 20 x 20 for the bar of a phone. */
  readonly icon: string;
  readonly load: () => Promise<{ readonly default: Component }>;
}

/** The rooms in the order of the bar; the first is the start page. Each is loaded on its first visit. */
export const rooms: readonly Room[] = [
  {
    id: 'see',
    name: 'See',
    icon: 'M2 10s3-5.5 8-5.5S18 10 18 10s-3 5.5-8 5.5S2 10 2 10zM12.3 10a2.3 2.3 0 1 1-4.6 0 2.3 2.3 0 0 1 4.6 0',
    load: () => import('../rooms/see/See.svelte'),
  },
  {
    id: 'train',
    name: 'Train',
    icon: 'M3 3v14h14M5.5 6c1.5 5 4 7.5 11 8',
    load: () => import('../rooms/train/Train.svelte'),
  },
  {
    id: 'write',
    name: 'Write',
    icon: 'M4 16l1-4 8.5-8.5 3 3L8 15l-4 1zM11.5 5.5l3 3',
    load: () => import('../rooms/write/Write.svelte'),
  },
  {
    id: 'read',
    name: 'Read',
    icon: 'M10 5.5C8 4 5.5 4 3 4.5v11c2.5-.5 5-.5 7 1 2-1.5 4.5-1.5 7-1v-11c-2.5-.5-5-.5-7 1zM10 5.500v11',
    load: () => import('../rooms/read/Read.svelte'),
  },
  {
    id: 'compare',
    name: 'Compare',
    icon: 'M3 3v14h14M5 14l10-3M5 13.500C9 13 12 10 15 4',
    load: () => import('../rooms/compare/Compare.svelte'),
  },
];

export function roomOf(id: string): Room {
  return rooms.find((room) => room.id === id) ?? rooms[0]!;
}
