import { encoderLaws, sequenceToSequenceLaws } from '../../src/index.js';
import { MeanEncoder, SummingTranslator } from './toy-models.js';

encoderLaws('an encoder that adds the mean', () => new MeanEncoder());
sequenceToSequenceLaws('a decoder that begins with the mean', () => new SummingTranslator());
