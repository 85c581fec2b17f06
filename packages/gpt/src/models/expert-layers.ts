import { activationByName, normal } from '@sequitur/core';
import { aNumber, attribute, rule, stackedOf, transposed, type WeightRule } from '@sequitur/pretrained';
import { LoadBalance, MixtureOfExperts, type MixtureOfExpertsOptions } from '@sequitur/transformer';
import type { LlamaConfig } from './llama/config.js';

/** The common config of models with experts in place of feed-forwards. */
export interface ExpertConfig {
  readonly experts: number;
  /** Number of experts that each token is sent to. */
  readonly activeExperts: number;
  /** Factor on the load-balancing loss; default 0.001. */
  readonly balanceCoefficient?: number;
  /** Whether training adds the load-balancing loss; default false, as in Python. */
  readonly balances?: boolean;
}

/** Experts with the activation and the initial values of a configuration. */
export function expertsOf(
  config: LlamaConfig & ExpertConfig,
  options: Omit<MixtureOfExpertsOptions, 'width' | 'experts' | 'activeExperts' | 'activation'>,
): MixtureOfExperts {
  const { width, experts, activeExperts } = config;
  const initializer = normal(config.initializerRange ?? 0.02);
  return new MixtureOfExperts({
    ...{ width, experts, activeExperts },
    activation: activationByName(config.activation ?? 'silu'),
    linear: { bias: false, initializer },
    router: { bias: false, initializer },
    ...options,
  });
}

/** The load balancing of the experts of a configuration. */
export function balanceOf({ experts, activeExperts, balances, balanceCoefficient = 0.001 }: ExpertConfig): LoadBalance {
  return new LoadBalance({ experts, activeExperts, coefficient: balances ? balanceCoefficient : 0 });
}

const atLeast0 = aNumber('a number of at least 0', (value) => value >= 0);

/** The attributes of the load-balancing loss. */
export function balance(coefficient = 0.001) {
  return {
    balanceCoefficient: attribute.of('router_aux_loss_coef', atLeast0, coefficient, 0.001),
    balances: attribute.flag('output_router_logits', false),
  };
}

/**
 * Weight rules of experts whose projections are stored one by one.
 *
 * @param checkpoint the layer: `model.layers.{i}.mlp`
 * @param path ours: `blocks.{i}.feedForward`
 * @param names theirs -> ours
 */
export function expertRules(
  checkpoint: string,
  path: string,
  names: Readonly<Record<string, 'gate' | 'up' | 'down'>> = { gate_proj: 'gate', up_proj: 'up', down_proj: 'down' },
): WeightRule[] {
  return [
    rule(`${checkpoint}.gate.weight`, `${path}.router.projection.weight`, transposed),
    ...Object.entries(names).map(([theirs, ours]) =>
      rule(`${checkpoint}.experts.*.${theirs}.weight`, `${path}.experts.${ours}.weight`, stackedOf(transposed)),
    ),
  ];
}
