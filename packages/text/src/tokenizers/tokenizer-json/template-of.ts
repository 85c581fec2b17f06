import { bareTemplate, bertTemplate, robertaTemplate, type Template, type TemplateItem } from '../template.js';
import { Fields, wrong } from './fields.js';

/** The template of a `post_processor` of `tokenizer.json`; null where it adds no tokens. */
export function templateOf(fields: Fields): Template | null {
  switch (fields.type) {
    case 'TemplateProcessing': {
      const ids = specialIdsOf(fields);
      return { single: itemsOf(fields, 'single', ids), pair: itemsOf(fields, 'pair', ids) };
    }
    case 'BertProcessing':
      return bertTemplate(tokenAndId(fields, 'cls'), tokenAndId(fields, 'sep'));
    case 'RobertaProcessing':
      return robertaTemplate(tokenAndId(fields, 'cls'), tokenAndId(fields, 'sep'));
    case 'ByteLevel':
      return null;
    case 'Sequence':
      return (
        fields
          .children('processors')
          .map(templateOf)
          .filter((template) => template !== null)
          .at(-1) ?? null
      );
    default:
      return fields.refuse('post_processor');
  }
}

/** Whether offsets exclude the leading space of byte-level words. */
export function trimsOffsets(fields: Fields): boolean {
  if (fields.type === 'Sequence') return fields.children('processors').some(trimsOffsets);
  return ['ByteLevel', 'RobertaProcessing'].includes(fields.type) && fields.flag('trim_offsets', true);
}

function itemsOf(fields: Fields, name: string, ids: ReadonlyMap<string, readonly number[]>): TemplateItem[] {
  const items = fields.children(name).flatMap((item): TemplateItem[] => {
    if (item.has('Sequence')) {
      const sequence = item.child('Sequence');
      const id = sequence.text('id');
      if (id !== 'A' && id !== 'B') throw wrong(sequence.where, 'the sequence A or B', id);
      return [{ sequence: id === 'A' ? 0 : 1, typeId: sequence.integer('type_id', 0) }];
    }
    const special = item.child('SpecialToken');
    const known = ids.get(special.text('id'));
    if (!known) throw wrong(special.where, 'one of special_tokens', special.text('id'));
    return known.map((token) => ({ token, typeId: special.integer('type_id', 0) }));
  });
  return items.length ? items : [...(name === 'single' ? bareTemplate.single : bareTemplate.pair)];
}

function specialIdsOf(fields: Fields): Map<string, readonly number[]> {
  if (!fields.has('special_tokens')) return new Map();
  const tokens = fields.value('special_tokens') as Record<string, unknown>;
  return new Map(
    Object.entries(tokens).map(([name, value]) => {
      const token = new Fields(value, `${fields.where}, special_tokens ${name}`);
      const ids = token.list('ids');
      if (ids.every(isId)) return [name, ids as number[]];
      throw wrong(token.where, 'ids', ids);
    }),
  );
}

function tokenAndId(fields: Fields, name: string): number {
  const id = fields.list(name)[1];
  if (isId(id)) return id as number;
  throw wrong(`${fields.where}, ${name}`, 'a token and its id', fields.value(name));
}

function isId(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
