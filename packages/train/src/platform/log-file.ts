/** A file that grows: a log. */
export interface LogFile {
  /** For messages. */
  readonly name: string;
  /** Its content; null where there is none. */
  read(): Promise<Uint8Array | null>;
  /** Puts this in place of the content. */
  replace(content: Uint8Array): Promise<void>;
  append(content: Uint8Array): Promise<void>;
}

/** A bar on a terminal. */
export interface TerminalBar {
  update(step: number, text: string): void;
  stop(): void;
}
