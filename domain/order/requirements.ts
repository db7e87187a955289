import type { Need } from './dictionary.ts';
import type { Order } from './order.ts';

/**
 * Which needs hold for an order, by its kinds and actions. While neither is chosen it is taken for
 * a new service, so that the checklist shows everything; an order that only cancels needs neither
 * survey, service nor agreement.
 */
export function needsOf(order: Order): ReadonlySet<Need> {
  const actions = order.facts['acceptance.actions'] ?? [];
  const kinds = order.facts.kinds ?? [];
  if (actions.length > 0 && actions.every((action) => action === 'cancel')) {
    return new Set(['always']);
  }
  const needs = new Set<Need>(['always', 'service']);
  const undecided = actions.length === 0 && kinds.length === 0;
  if (
    undecided ||
    kinds.includes('new') ||
    kinds.includes('expansion') ||
    actions.includes('open')
  ) {
    needs.add('survey');
  }
  // Changing an attribute alone stays within the agreement that stands.
  if (
    undecided ||
    kinds.length > 0 ||
    actions.includes('open') ||
    actions.includes('changeTariff')
  ) {
    needs.add('agreement');
  }
  return needs;
}
