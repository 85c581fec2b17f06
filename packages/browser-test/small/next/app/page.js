'use client';
import { useEffect } from 'react';
import { complete } from '../complete.js';
import { show } from '../show.js';

export default function Page() {
  useEffect(() => show(complete()), []);
  return <p>Sequitur</p>;
}
