/** What stands before the name of an intent among the labels of a model that tells slots too. */
const INTENT = 'intent:';

/** The label of an intent. */
export function intentLabel(intent: string): string {
  return INTENT + intent;
}

/** The intent that a label names; undefined for the label of a word. */
export function intentOf(label: string): string | undefined {
  return label.startsWith(INTENT) ? label.slice(INTENT.length) : undefined;
}
