/** A log: a file to which content is appended. */
export interface LogFile {
  /** The name of the file, for errors. */
  readonly name: string;
  /** Its content; null where there is none. */
  read(): Promise<Uint8Array | null>;
  /** Replaces the content. */
  replace(content: Uint8Array): Promise<void>;
  append(content: Uint8Array): Promise<void>;
}

/** A bar on a terminal. */
export interface TerminalBar {
  update(step: number, text: string): void;
  stop(): void;
}
