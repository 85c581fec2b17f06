import { type Json, SequiturError, shorten, showValue } from '@sequitur/core';
import { aBoolean, anInteger, anything, aText, oneOf, only } from '../config/attributes.js';
import { ConfigReader } from '../config/config-reader.js';
import { awq } from './awq.js';
import { packQuantized } from './compressed-tensors.js';
import { gptq } from './gptq.js';
import type { QuantizationScheme } from './scheme.js';

const readers: Readonly<Record<string, (settings: ConfigReader) => QuantizationScheme>> = {
  'compressed-tensors': readCompressedTensors,
  gptq: readGptq,
  awq: readAwq,
};

/**
 * The layout of the weights that `quantization_config` describes; null where there is none.
 *
 * @throws SequiturError where weights, or activations, are quantized in a way that is not built
 */
export function readQuantizationScheme(config: ConfigReader): QuantizationScheme | null {
  const found = config.maybe('quantization_config', anything) as Readonly<Record<string, Json>> | undefined;
  if (found === undefined || isEmpty(found)) return null;
  const settings = new ConfigReader(found, `${config.where}, quantization_config`, { strict: true });
  const method = settings.take('quant_method', aText, 'bitsandbytes');
  const read = readers[method];
  if (read) return read(settings);
  throw new SequiturError({
    where: settings.where,
    expected: `weights without quantization, or quantized by ${Object.keys(readers).join(', ')}`,
    got: shorten(showValue(method)),
    fix: 'Take the original, unquantized checkpoint; dtype: q8 or q4 quantizes it in memory',
  });
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

const aGroupSize = anInteger(-1, 2 ** 20);

function groupSizeOf(settings: ConfigReader, name: string): number | null {
  const size = settings.take(name, aGroupSize, 128);
  if (size === 0)
    throw new SequiturError({ where: `${settings.where}, ${name}`, expected: '-1 or more than 0', got: '0' });
  return size === -1 ? null : size;
}

/** Settings of quantizing, which a quantized checkpoint needs no more. */
const DONE = [
  ...['dataset', 'damp_percent', 'damp_auto_increment', 'static_groups', 'true_sequential', 'sym', 'lm_head'],
  ...['model_name_or_path', 'model_file_base_name', 'meta', 'use_exllama', 'exllama_config', 'max_input_length'],
  ...['tokenizer', 'use_cuda_fp16', 'model_seqlen', 'block_name_to_quantize', 'module_name_preceding_first_block'],
  ...['batch_size', 'pad_token_id', 'cache_block_outputs', 'modules_in_block_to_quantize', 'backend', 'hyb_act'],
  ...['modules_to_not_convert', 'zero_point', 'fuse_max_seq_len', 'modules_to_fuse', 'do_fuse', 'disable_exllama'],
  ...['act_group_aware', 'quantizer'],
];

function readGptq(settings: ConfigReader): QuantizationScheme {
  const bits = settings.take('bits', anInteger(1, 32));
  if (bits !== 4 && bits !== 8) {
    throw new SequiturError({ where: `${settings.where}, bits`, expected: '4 or 8', got: String(bits) });
  }
  const format = settings.take('checkpoint_format', oneOf(['gptq', 'gptq_v2']), 'gptq');
  const groupSize = groupSizeOf(settings, 'group_size');
  const isReordered = settings.take('desc_act', aBoolean, false);
  settings.take('pack_dtype', only('int32'), 'int32');
  finish(settings);
  return gptq({ bits, groupSize, isReordered, zerosLessOne: format === 'gptq' });
}

function readAwq(settings: ConfigReader): QuantizationScheme {
  settings.take('bits', only(4), 4);
  settings.take('version', (value, where) => only('gemm')(String(value).toLowerCase(), where), 'gemm');
  const groupSize = groupSizeOf(settings, 'group_size');
  finish(settings);
  return awq(groupSize);
}

function readCompressedTensors(settings: ConfigReader): QuantizationScheme {
  settings.take('format', oneOf(['pack-quantized']), 'pack-quantized');
  const groups = Object.entries(settings.take('config_groups', anything) as Record<string, Json>);
  const sizes = groups.map(([name, group]) =>
    readGroup(new ConfigReader(group, `${settings.where}, config_groups, ${name}`, { strict: true })),
  );
  for (const name of ['quantization_status', 'global_compression_ratio', 'ignore', 'version']) {
    settings.maybe(name, anything);
  }
  finish(settings);
  return packQuantized(sizes.filter((size) => size !== null));
}

/** The number of elements that share a scale; null where whole rows do. */
function readGroup(group: ConfigReader): number | null {
  for (const name of ['targets', 'format']) group.maybe(name, anything);
  for (const name of ['input_activations', 'output_activations']) group.maybe(name, refusedActivations);
  const weights = group.nested('weights');
  weights.take('type', only('int'), 'int');
  weights.take('symmetric', only(true), true);
  weights.take('dynamic', only(false), false);
  weights.take('num_bits', (value, where) => oneOf(['4', '8'])(String(value), where));
  const strategy = weights.take('strategy', oneOf(['group', 'channel', 'tensor']), 'tensor');
  const size = weights.maybe('group_size', anInteger(-1));
  for (const name of ['observer', 'observer_kwargs', 'actorder', 'block_structure', 'scale_dtype', 'zp_dtype']) {
    if (name !== 'actorder') weights.maybe(name, anything);
    else weights.maybe(name, oneOf(['static', 'weight']));
  }
  finish(group);
  return strategy === 'group' && size !== undefined && size > 0 ? size : null;
}

function refusedActivations(value: Json, where: string): never {
  throw new SequiturError({
    where,
    expected: 'null: quantized weights alone',
    got: shorten(showValue(value)),
    fix: 'Quantization of activations would have to be built: take a checkpoint with quantized weights alone',
  });
}

/** Refuses the remaining settings, which change the computation, as quantized activations do. */
function finish(settings: ConfigReader): void {
  for (const name of DONE) settings.maybe(name, anything);
  settings.finish('quantization_config');
}
