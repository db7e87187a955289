/** Pictures of the screens, on a laptop and on an upright tablet. */
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, type Page } from '@playwright/test';

export const SIZES = {
  laptop: { width: 1366, height: 768 },
  tablet: { width: 820, height: 1180 },
} as const;
export type Size = keyof typeof SIZES;
export const SIZE_NAMES = Object.keys(SIZES) as Size[];

/** The pictures that the README shows. */
const KEPT = new Set([
  'list',
  'survey',
  'roster',
  'documents',
  'signing',
  'office',
  'review',
  'conflict',
  'returned',
]);
const keep = process.env.ONSITE_PICTURES === '1';
const folder = fileURLToPath(new URL('../../../test-results/screens/', import.meta.url));
const kept = fileURLToPath(new URL('../../../docs/images/', import.meta.url));

/**
 * Nothing is wider than the window. `npm run pictures` keeps what it sees in `docs/images/` for the
 * README; otherwise the pictures go to `test-results/screens/` for people to look at.
 */
export const look = async (page: Page, size: Size, name: string): Promise<void> => {
  await page.mouse.move(0, 0);
  const wider = await page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    return [...document.querySelectorAll('body, main, header, nav, section, aside, form')]
      .filter((element) => element.getBoundingClientRect().right > width + 1)
      .map((element) => `${element.tagName}.${element.className}`);
  });
  expect(wider, `wider than the ${size}'s window on ${name}`).toEqual([]);
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: `${folder}${name}-${size}.png`, animations: 'disabled' });
  if (keep && size === 'laptop' && KEPT.has(name)) {
    mkdirSync(kept, { recursive: true });
    await page.screenshot({ path: `${kept}${name}.png`, animations: 'disabled' });
  }
};

/** The same screen at each size. */
export const lookAtEach = async (page: Page, name: string): Promise<void> => {
  for (const size of SIZE_NAMES) {
    await page.setViewportSize(SIZES[size]);
    // Tables and drawers measure themselves after the window has changed.
    await page.waitForTimeout(400);
    await look(page, size, name);
  }
};
