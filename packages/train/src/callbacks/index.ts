export type { LogFile } from '../platform/log-file.js';
export type { TrainCallbacks, TrainCheckpoint, TrainEnd, TrainEvaluation, TrainStart } from './callbacks.js';
export { type CsvLogOptions, csvLog } from './csv-log.js';
export { type ProgressBar, progressBar } from './progress-bar.js';
export { type TensorBoardLogOptions, tensorBoardLog } from './tensor-board-log.js';
