import { library } from '../../tsup.base.js';

export default library({ index: 'src/index.ts', books: 'src/corpora/books.ts' });
