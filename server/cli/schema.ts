import { orderJsonSchema } from '../../domain/order/schema.ts';
import { refuse } from './check.ts';

/** Prints the JSON Schema of the order file. */
export async function run(args: string[]): Promise<number> {
  if (args.length > 0) return refuse('用法：onsite schema');
  console.log(JSON.stringify(orderJsonSchema(), null, 2));
  return 0;
}
