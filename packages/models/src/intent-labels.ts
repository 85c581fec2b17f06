/** Prefix of intent labels, in a model that also has labels for slots. */
const INTENT = 'intent:';

/** The label of an intent. */
export function intentLabel(intent: string): string {
  return INTENT + intent;
}

/** The intent that a label names; undefined for a slot label. */
export function intentOf(label: string): string | undefined {
  return label.startsWith(INTENT) ? label.slice(INTENT.length) : undefined;
}
