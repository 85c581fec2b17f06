import { SequiturError, showValue } from '@sequitur/core';
import { type AttributeTable, aBoolean, anInteger, aText, oneOf, type ReadAttribute } from '@sequitur/pretrained';
import type { DebertaConfig, PositionScore } from './config.js';

const SCORES: Readonly<Record<string, PositionScore>> = { c2p: 'contentToPosition', p2c: 'positionToContent' };

type DistanceConfig = Pick<
  DebertaConfig,
  'relative' | 'positionScores' | 'distanceBuckets' | 'maxDistance' | 'sharedProjections' | 'distanceNorm'
>;

/** Attributes of relative distances in attention. */
export const distances: AttributeTable<DistanceConfig> = {
  read: (json) => {
    const buckets = json.take('position_buckets', aLength, -1);
    const most = json.take('max_relative_positions', aLength, -1);
    const norms = json.take('norm_rel_ebd', aText, 'none').toLowerCase().split('|');
    for (const norm of norms) oneOf(['none', 'layer_norm'])(norm.trim(), `${json.where}, norm_rel_ebd`);
    return {
      relative: json.take('relative_attention', aBoolean, false),
      positionScores: json.take('pos_att_type', aList, []).map((name) => SCORES[name]!),
      ...(buckets > 0 && { distanceBuckets: buckets }),
      ...(most > 0 && { maxDistance: most }),
      sharedProjections: json.take('share_att_key', aBoolean, false),
      distanceNorm: norms.some((norm) => norm.trim() === 'layer_norm'),
    };
  },
  write: ({ positionScores = [], ...config }) => ({
    relative_attention: config.relative ?? false,
    pos_att_type: positionScores.map((score) => Object.keys(SCORES).find((name) => SCORES[name] === score)),
    position_buckets: config.distanceBuckets ?? -1,
    max_relative_positions: config.maxDistance ?? -1,
    share_att_key: config.sharedProjections ?? false,
    norm_rel_ebd: config.distanceNorm ? 'layer_norm' : 'none',
  }),
};

/** A length, or a number below 1 for none. */
const aLength = anInteger(-1);

/** `["p2c", "c2p"]`, or `"p2c|c2p"` in old files. */
const aList: ReadAttribute<readonly string[]> = (value, where) => {
  const named = typeof value === 'string' ? value.split('|') : value;
  if (Array.isArray(named)) return named.map((name) => oneOf(Object.keys(SCORES))(name, where));
  throw new SequiturError({ where, expected: 'a list of kinds of scores', got: showValue(value) });
};
