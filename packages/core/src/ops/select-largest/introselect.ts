type Precedes = (a: number, b: number) => boolean;

/**
 * The indices of the `count` largest values that C++'s `nth_element` moves to the front, as in the GNU library. Its
 * steps decide among equal values: partitions around the median of three, then an insertion sort of the last three. Its
 * fallback for very uneven partitions is omitted.
 */
export function placesOfLargest(values: ArrayLike<number>, start: number, length: number, count: number): number[] {
  const places = Array.from({ length }, (_, place) => place);
  const precedes: Precedes = (a, b) => values[start + a]! > values[start + b]!;
  let [first, last] = [0, length];
  while (last - first > 3) {
    const cut = partition(places, first, last, precedes);
    if (cut <= count - 1) first = cut;
    else last = cut;
  }
  insertionSort(places, first, last, precedes);
  return places.slice(0, count);
}

/** Brings what precedes the median of three places to the front; returns where the rest begins. */
function partition(places: number[], first: number, last: number, precedes: Precedes): number {
  swap(places, first, medianOf(places, [first + 1, first + ((last - first) >> 1), last - 1], precedes));
  const pivot = places[first]!;
  let [left, right] = [first + 1, last];
  for (;;) {
    while (precedes(places[left]!, pivot)) left++;
    do right--;
    while (precedes(pivot, places[right]!));
    if (left >= right) return left;
    swap(places, left, right);
    left++;
  }
}

function medianOf(places: readonly number[], [a, b, c]: [number, number, number], precedes: Precedes): number {
  const before = (i: number, j: number) => precedes(places[i]!, places[j]!);
  if (before(a, b)) return before(b, c) ? b : before(a, c) ? c : a;
  return before(a, c) ? a : before(b, c) ? c : b;
}

function insertionSort(places: number[], first: number, last: number, precedes: Precedes): void {
  for (let i = first + 1; i < last; i++) {
    const place = places[i]!;
    let j = i;
    for (; j > first && precedes(place, places[j - 1]!); j--) places[j] = places[j - 1]!;
    places[j] = place;
  }
}

function swap(places: number[], i: number, j: number): void {
  const place = places[i]!;
  places[i] = places[j]!;
  places[j] = place;
}
