/**
 * Draws the app's icons from the one mark, renderer/public/icon.svg, with Chromium: PNGs for Linux,
 * an ICO for Windows, an ICNS for macOS. Run by hand when the mark changes (`node build/icons.mjs`);
 * the results are committed.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright';
import { isRoot, ROOT } from './steps.mjs';

const mark = readFileSync(join(ROOT, 'renderer/public/icon.svg'), 'utf8');
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: isRoot ? ['--no-sandbox'] : [],
});
const page = await browser.newPage();
const draw = async (size) => {
  await page.setViewportSize({ width: size, height: size });
  await page.setContent(
    `<style>body{margin:0}svg{display:block;width:100vw;height:100vh}</style>${mark}`,
  );
  return page.screenshot({ omitBackground: true });
};

/** An ICO whose images are PNGs, as Windows takes them since Vista. */
const ico = (images) => {
  const head = Buffer.alloc(6 + 16 * images.length);
  head.writeUInt16LE(1, 2);
  head.writeUInt16LE(images.length, 4);
  let offset = head.length;
  images.forEach(([size, png], i) => {
    const at = 6 + 16 * i;
    // 256 is written as 0.
    head.writeUInt8(size % 256, at);
    head.writeUInt8(size % 256, at + 1);
    head.writeUInt16LE(1, at + 4);
    head.writeUInt16LE(32, at + 6);
    head.writeUInt32LE(png.length, at + 8);
    head.writeUInt32LE(offset, at + 12);
    offset += png.length;
  });
  return Buffer.concat([head, ...images.map(([, png]) => png)]);
};

/** An ICNS: a type and a length before each PNG. */
const icns = (images) => {
  const types = {
    16: 'icp4',
    32: 'icp5',
    64: 'icp6',
    128: 'ic07',
    256: 'ic08',
    512: 'ic09',
    1024: 'ic10',
  };
  const chunk = (type, body) => {
    const head = Buffer.alloc(8);
    head.write(type, 'latin1');
    head.writeUInt32BE(8 + body.length, 4);
    return Buffer.concat([head, body]);
  };
  const chunks = images.flatMap(([size, png]) => (types[size] ? [chunk(types[size], png)] : []));
  return chunk('icns', Buffer.concat(chunks));
};

const images = [];
for (const size of [16, 32, 48, 64, 128, 256, 512, 1024]) images.push([size, await draw(size)]);
await browser.close();

mkdirSync(join(ROOT, 'build/icons'), { recursive: true });
for (const [size, png] of images) writeFileSync(join(ROOT, `build/icons/${size}x${size}.png`), png);
writeFileSync(join(ROOT, 'build/icon.ico'), ico(images.filter(([size]) => size <= 256)));
writeFileSync(join(ROOT, 'build/icon.icns'), icns(images));
