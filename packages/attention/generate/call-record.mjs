import { generateWasmRecord } from '../../../scripts/wasm-records.mjs';

export function generate({ force }) {
  generateWasmRecord({
    packageName: 'attention',
    source: 'assembly/call.ts',
    className: 'Call',
    output: 'src/call-record.generated.ts',
    force,
  });
}
