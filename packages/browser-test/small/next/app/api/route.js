import { complete } from '../../complete.js';

export const dynamic = 'force-dynamic';

export async function GET() {
  return new Response(await complete());
}
