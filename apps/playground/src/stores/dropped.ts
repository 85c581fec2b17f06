import type { GivenFile } from '../protocol/models.js';

/** The files of a drop, those within folders with their paths. */
export async function droppedFiles(dropped: DataTransfer | null): Promise<GivenFile[]> {
  // What is dropped is gone after the first wait: all entries are taken before it.
  const entries = [...(dropped?.items ?? [])].flatMap((item) => item.webkitGetAsEntry?.() ?? []);
  if (entries.length === 0) return [...(dropped?.files ?? [])].map((content) => ({ name: content.name, content }));
  return (await Promise.all(entries.map((entry) => filesOf(entry, '')))).flat();
}

/** Files that were chosen, or those of a chosen folder. The same ones can be chosen again, as after they were mended. */
export function chosenFiles(input: HTMLInputElement): GivenFile[] {
  const files = [...(input.files ?? [])].map((content) => ({
    name: content.webkitRelativePath || content.name,
    content,
  }));
  input.value = '';
  return files;
}

async function filesOf(entry: FileSystemEntry, path: string): Promise<GivenFile[]> {
  const name = path + entry.name;
  if (entry.isFile) {
    const content = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
    return [{ name, content }];
  }
  const below = await entriesOf(entry as FileSystemDirectoryEntry);
  return (await Promise.all(below.map((each) => filesOf(each, `${name}/`)))).flat();
}

/** A reader gives a hundred entries at a time, and none at the end. */
async function entriesOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return all;
    all.push(...some);
  }
}
