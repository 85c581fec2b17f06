import type { ModelRef } from '../protocol/models.js';
import { address } from '../stores/address.svelte.js';
import { insideLink } from './link.js';

const TEXT = 'The king saw the old woman before he';

let opener: Element | null = null;

/** Opens the drawer on a model, reading a text. */
export function lookInside(ref: ModelRef, text = ''): void {
  opener = document.activeElement;
  address.lookInside(
    insideLink({ ref, beside: '', tab: 'attention', layer: 1, head: 1, text: text.trim() ? text : TEXT }),
  );
}

/** Gives the focus back to what opened the drawer. */
export function focusOpener(): void {
  if (opener instanceof HTMLElement) opener.focus();
  opener = null;
}
