import { inflateSync } from 'fflate';

/** The bytes of a wasm module that a script holds as text: deflated, in base64. */
export function fromText(text: string): Uint8Array<ArrayBuffer> {
  const characters = atob(text);
  const deflated = new Uint8Array(characters.length);
  for (let index = 0; index < deflated.length; index++) deflated[index] = characters.charCodeAt(index);
  return inflateSync(deflated) as Uint8Array<ArrayBuffer>;
}
