export * from './gemm';
