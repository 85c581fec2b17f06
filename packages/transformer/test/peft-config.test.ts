import { filesSource } from '@sequitur/pretrained';
import { describe, expect, it, vi } from 'vitest';
import { readPeftConfig } from '../src/index.js';

const LORA = { peft_type: 'LORA', r: 4, lora_alpha: 8, target_modules: ['q_proj', 'v_proj'] };

function read(attributes: object, warn = vi.fn()) {
  const text = JSON.stringify({ ...LORA, ...attributes });
  return readPeftConfig(filesSource([new File([text], 'adapter_config.json')]), { warn });
}

describe('a configuration of PEFT', () => {
  it.each([
    [{ lora_ga_config: null, use_bdlora: null, arrow_config: null, velora_config: null, kasa_config: null }],
    [{ use_dora: false, lora_bias: false, use_qalora: false, qalora_group_size: 16, ensure_weight_tying: false }],
    [{ rank_pattern: {}, alpha_pattern: {}, modules_to_save: [], target_parameters: [], layer_replication: null }],
    [{ megatron_config: null, megatron_core: 'megatron.core', alora_invocation_tokens: null, runtime_config: {} }],
    [{ enable_lora: null, merge_weights: false, fan_in_fan_out: true, trainable_token_indices: null, use_new: null }],
    [{ unheard_of: null, nothing: {}, off: false, empty: [], blank: '', eva_config: { rho: 2 } }],
  ])('says nothing where it says nothing: %j', async (attributes) => {
    const warn = vi.fn();
    expect(await read(attributes, warn)).toMatchObject({ rank: 4, alpha: 8, dropout: 0 });
    expect(warn).not.toHaveBeenCalled();
  });

  it('has the rank and scale of the class where it names none', async () => {
    const text = JSON.stringify({ peft_type: 'LORA' });
    const bare = await readPeftConfig(filesSource([new File([text], 'adapter_config.json')]));
    expect(bare).toMatchObject({ rank: 8, alpha: 8, dropout: 0 });
    expect(await read({ use_rslora: true })).toMatchObject({ alpha: 16 }); // alpha / sqrt(r) = 4 = 16 / r
  });

  it.each([
    ['use_dora', true],
    ['lora_bias', true],
    ['rank_pattern', { q_proj: 2 }],
    ['alpha_pattern', { q_proj: 2 }],
    ['modules_to_save', ['lm_head']],
    ['target_parameters', ['experts.gate_up_proj']],
    ['trainable_token_indices', [1, 2]],
    ['layer_replication', [[0, 2]]],
    ['alora_invocation_tokens', [5, 6]],
    ['megatron_config', { a: 1 }],
    ['kasa_config', { beta: 1 }],
    ['use_bdlora', { nblocks: 2 }],
    ['enable_lora', [true, false, true]],
    ['use_tomorrow', true],
    ['tomorrow_config', { a: 1 }],
  ])('that computes otherwise is refused by name, with what to do: %s', async (name, value) => {
    await expect(read({ [name]: value })).rejects.toThrow(new RegExp(`got ${name} = .*\\. (Merge|\\w.*be built)`));
  });

  it.each(['pissa', 'pissa_niter_16', 'PiSSA', 'olora', 'OLoRA', 'corda', 'loftq', 'lora_ga', 'tomorrow', 3])(
    'whose initialization %s takes a part out of the base weights is refused',
    async (init) => {
      await expect(read({ init_lora_weights: init })).rejects.toThrow(
        /init_lora_weights: expected one of .*, got .*path_initial_model_for_weight_conversion/,
      );
    },
  );

  it.each([true, false, 'gaussian', 'eva', 'orthogonal', 'mica'])('initialized with %s is read', async (init) => {
    expect(await read({ init_lora_weights: init })).toMatchObject({ rank: 4 });
  });

  it.each([
    [{ bias: 'all' }, /bias: expected 'none'|bias: expected "none"/],
    [{ bias: 'lora_only' }, /bias/],
    [{ peft_type: 'OFT' }, /peft_type: expected one of LORA, got "OFT"/],
    [{ r: 0 }, /r: expected an integer/],
    [{ layers_to_transform: ['a'] }, /layers_to_transform/],
    [{ target_modules: [1] }, /target_modules/],
  ])('of another kind is refused: %j', async (attributes, says) => {
    await expect(read(attributes)).rejects.toThrow(says);
  });

  it('causes one warning where it says what nobody knows', async () => {
    const warn = vi.fn();
    await read({ author: 'x', note: 3 }, warn);
    expect(warn).toHaveBeenCalledOnce();
    expect(warn.mock.calls[0]![0]).toMatch(/unknown attributes are not read: author = "x"/);
  });

  it.each([
    [{}, 'model.layers.0.self_attn.q_proj', true],
    [{}, 'q_proj', true],
    [{}, 'model.layers.0.self_attn.xq_proj', false],
    [{ exclude_modules: ['layers.0.self_attn.q_proj'] }, 'model.layers.0.self_attn.q_proj', false],
    [{ target_modules: 'all-linear' }, 'model.layers.0.mlp.up_proj', true],
    [{ target_modules: null }, 'model.layers.0.mlp.up_proj', true],
    [{ layers_to_transform: 1 }, 'model.layers.0.self_attn.q_proj', false],
    [{ layers_to_transform: [0, 1] }, 'model.layers.1.self_attn.q_proj', true],
    [{ layers_to_transform: [1], layers_pattern: 'h' }, 'model.layers.1.self_attn.q_proj', false],
    [{ layers_to_transform: [1], layers_pattern: ['layers'] }, 'model.layers.1.self_attn.q_proj', true],
    [{ layers_to_transform: [] }, 'model.layers.1.self_attn.q_proj', true],
  ])('names modules as PEFT does: %j, %s', async (attributes, module, adapted) => {
    expect((await read(attributes)).targets(module)).toBe(adapted);
  });
});
