import { CUT_SHORT, LONGEST_HEADER, type Parts, type Reading } from './database.ts';

/** Slots and blocks are of one size, and the first two slots are the head of the file. */
const [PAGE, SLOT, HEAD] = [4096, 16, 32];

/** Packages.db, as SUSE has it: pages of slots, each of which tells where the header of a package lies. */
export function* ndbHeaders(file: Parts): Generator<Reading> {
  const head = file.part(0, HEAD);
  if (head?.toString('latin1', 0, 4) !== 'RpmP') return yield { flaw: 'it is not of the format ndb' };
  const version = head.readUInt32LE(4);
  if (version !== 0) return yield { flaw: `version ${version} of its format is not known here` };
  const pages = head.readUInt32LE(12);
  for (let number = 0; number < pages; number += 1) {
    const page = file.part(number * PAGE, PAGE);
    if (page === undefined) return yield { flaw: CUT_SHORT };
    for (let at = number === 0 ? HEAD : 0; at < PAGE; at += SLOT) {
      const found = headerAt(file, page.subarray(at, at + SLOT));
      if (found !== undefined) yield found;
      if (found !== undefined && 'flaw' in found) return;
    }
  }
}

/** Undefined for a slot that is free. */
const headerAt = (file: Parts, slot: Buffer): Reading | undefined => {
  if (slot.toString('latin1', 0, 4) !== 'Slot') return { flaw: 'it has something else where a slot has to be' };
  const [id, block] = [slot.readUInt32LE(4), slot.readUInt32LE(8)];
  if (block === 0) return undefined;
  const start = file.part(block * SLOT, SLOT);
  const isStart = start?.toString('latin1', 0, 4) === 'BlbS' && start.readUInt32LE(4) === id;
  if (!start || !isStart) return { flaw: `package ${id} is not where it has to be` };
  const length = start.readUInt32LE(12);
  const header = length > LONGEST_HEADER ? undefined : file.part(block * SLOT + SLOT, length);
  return header ? { header } : { flaw: `package ${id} is longer than the file` };
};
