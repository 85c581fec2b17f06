/** Strokes on 20 x 20. */
export const icons = {
  add: 'M10 4v12M4 10h12',
  pause: 'M7.5 5v10M12.5 5v10',
  play: 'M7 4.5v11l8.5-5.500z',
  stop: 'M6 6h8v8H6z',
  fork: 'M6 7v6M6 7a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM6 17a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM14 8.500a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM14 8.500c0 3-3.5 3.5-8 4.5',
  more: 'M4.5 10h.01M10 10h.01M15.5 10h.01',
  link: 'M8.5 11.500l3-3M9 6l1.5-1.500a3.2 3.2 0 0 1 4.8 4.500L13.8 10.800M11 14l-1.5 1.500A3.2 3.2 0 0 1 4.7 11L6.2 9.2',
  inside: 'M12 4h4v12h-4M3 10h9M8.5 6.500L12 10l-3.5 3.5',
  close: 'M5 5l10 10M15 5L5 15',
  save: 'M10 3v9M6.5 8.5L10 12l3.5-3.5M4 16h12',
  check: 'M4.5 10.500l3.5 3.5 7.5-8',
  open: 'M3 6h5l1.5 2H17v8H3z',
  grip: 'M8 5.500h.01M12 5.500h.01M8 10h.01M12 10h.01M8 14.500h.01M12 14.500h.01',
  back: 'M7 6L3 10l4 4M3.5 10H12a4 4 0 0 1 0 8',
} as const;

export type IconName = keyof typeof icons;
