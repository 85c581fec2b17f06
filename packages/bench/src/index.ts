export * from './kernels/print.js';
export * from './kernels/suite.js';
export * from './measure/clock.js';
export * from './measure/interleave.js';
export * from './measure/machine.js';
export * from './measure/peak.js';
export * from './measure/statistics.js';
