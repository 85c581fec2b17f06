import { activationByName } from '@sequitur/core';
import { type Operation, withGradients } from './operation.js';

/** Activation functions; each case is named after its activation. */
export const activations: Operation = (given) => withGradients(given, ['x'], activationByName(given.name));
