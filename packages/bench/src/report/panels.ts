import { families } from '../scaling/candidate.js';
import type { ArchitectureRecord } from '../scaling/records.js';
import type { Panel } from './panel.js';
import type { Figure, Series } from './series.js';

const SIZE = {
  first: { first: true, width: 960, height: 420 },
  other: { first: false, width: 480, height: 290 },
};

/** The first panel shows one architecture of each family; each family with several has a further panel. */
export function panelsOf({ series }: Figure, architectures: readonly ArchitectureRecord[]): Panel[] {
  const familyOf = new Map(architectures.map(({ architecture, family }) => [architecture, family]));
  const groups = families
    .map((family) => ({ family, members: series.filter(({ architecture }) => familyOf.get(architecture) === family) }))
    .filter(({ members }) => members.length > 0);
  const first = { title: 'One of each family', shown: groups.map(({ members }) => name(longest(members))) };
  const more = groups.filter(({ members }) => members.length > 1);
  if (groups.length === 1) return more.map((group) => ({ ...SIZE.first, ...panelOf(group) }));
  return [{ ...SIZE.first, ...first }, ...more.map((group) => ({ ...SIZE.other, ...panelOf(group) }))];
}

function panelOf({ family, members }: { readonly family: string; readonly members: readonly Series[] }) {
  return { title: family.charAt(0).toUpperCase() + family.slice(1), shown: members.map(name) };
}

function name({ architecture }: Series): string {
  return architecture;
}

/** The series with the longest length; among equals the first. */
function longest(members: readonly Series[]): Series {
  const reach = ({ points }: Series) => points.at(-1)!.length;
  return members.reduce((best, candidate) => (reach(candidate) > reach(best) ? candidate : best));
}
