import fc from 'fast-check';
import { strToU8, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { unzipPack } from '../../../domain/documents/template/archive.ts';
import { packFiles } from '../../../domain/documents/template/files.ts';
import { checkPack } from '../../../domain/documents/template/pack.ts';
import { bytesOf, packFilesWith } from './files.ts';
import { canPrint, errorsOf } from './packs.ts';

describe('a pack', () => {
  it('that is right is read with its manifest and its three texts', () => {
    const checked = checkPack(packFilesWith(), canPrint);
    expect(checked).toMatchObject({
      pack: {
        id: 'sample',
        version: '1',
        title: '样例模板',
        effectiveOn: '2026-01-01',
        specimen: false,
        hash: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
    });
    const documents = 'pack' in checked ? Object.keys(checked.pack.documents) : [];
    expect(documents).toEqual(['agreement', 'access-agreement', 'commitment']);
  });

  it('has another hash as soon as one character of a text or of the manifest is another', () => {
    const hash = (files: ReturnType<typeof packFilesWith>) => {
      const checked = checkPack(files, canPrint);
      return 'pack' in checked ? checked.pack.hash : '';
    };
    const hashes = [
      hash(packFilesWith()),
      hash(packFilesWith({ 'commitment.md': '# 样例承诺书。\n\n{{signatures:customer}}\n' })),
      hash(packFilesWith({}, { version: '2' })),
    ];
    expect(new Set(hashes).size).toBe(3);
    expect(hash(packFilesWith())).toBe(hashes[0]);
  });

  it('may be a specimen', () => {
    expect(checkPack(packFilesWith({}, { specimen: true }), canPrint)).toMatchObject({
      pack: { specimen: true },
    });
  });

  it('whose text was changed after the manifest was written is refused', () => {
    const files = packFilesWith().set(
      'commitment.md',
      bytesOf('# 样例\n\n{{signatures:customer}}'),
    );
    expect(errorsOf(files)).toEqual([
      expect.stringMatching(/^manifest\.json:10 commitment\.md 与清单的 SHA-256 不符/),
    ]);
  });

  it('without one of its texts is refused, and so is a file it has no place for', () => {
    const files = packFilesWith().set('prices.md', bytesOf('# 价目'));
    files.delete('commitment.md');
    expect(errorsOf(files)).toEqual([
      expect.stringContaining('prices.md:1 '),
      expect.stringContaining('commitment.md:1 缺少文件'),
    ]);
  });

  it('without a manifest is refused', () => {
    const files = packFilesWith();
    files.delete('manifest.json');
    expect(errorsOf(files)).toEqual(['manifest.json:1 缺少清单 manifest.json']);
  });

  it.each([
    ['no date', { effectiveOn: '2026-02-30' }, 'manifest.json:6 “effectiveOn”应为日期'],
    ['no id', { id: 'Ein Paket' }, 'manifest.json:3 “id”应为小写字母'],
    ['a number for a version', { version: 1 }, 'manifest.json:4 “version”应为'],
    ['no title', { title: undefined }, '缺少“title”'],
    ['another format', { format: 'zip' }, 'manifest.json:2 “format”应为 "onsite-templates"'],
    ['something unknown', { colour: 'red' }, 'manifest.json:12 不认识的项“colour”'],
    ['no hashes', { files: [] }, 'manifest.json:7 “files”应为对象'],
    ['a bad hash', { files: { 'agreement.md': 'x' } }, '“agreement.md”应为 64 位'],
    ['another file', { files: { '../agreement.md': 'x' } }, '不认识的文件“../agreement.md”'],
    ['what cannot be printed', { title: '样例😀' }, 'manifest.json:5 第 15 个字“😀”（U+1F600）'],
  ])('whose manifest has %s is refused by line', (_, manifest, said) => {
    expect(errorsOf(packFilesWith({}, manifest)).join('\n')).toContain(said);
  });

  it.each([
    ['no JSON', '{\n  "id": x\n}', 'manifest.json:2 不是有效的 JSON'],
    ['half of JSON', '{\n  "id": "sample",\n', 'manifest.json:3 不是有效的 JSON'],
    ['no object', '[]', 'manifest.json:1 清单最外层应为 JSON 对象'],
    ['a key twice', '{\n  "id": "a",\n  "id": "b"\n}', '“id”写了两次'],
  ])('whose manifest is %s is refused by line', (_, manifest, said) => {
    const files = packFilesWith().set('manifest.json', bytesOf(manifest));
    expect(errorsOf(files).join('\n')).toContain(said);
  });

  it.each([
    ['agreement.md', '# 样例\n\n正文\n\n{{signatures:customer}}', '5 缺少乙方的签署处'],
    ['access-agreement.md', '# 样例\n\n正文', '3 缺少甲方的签署处'],
    ['commitment.md', '# 样例\n\n正文\n', '3 缺少甲方的签署处'],
    ['commitment.md', '# 样例\n\n{{signatures}}\n\n{{signatures}}', '5 甲方的签署处只能有一个'],
  ])('whose %s lacks a place to sign is refused', (file, text, said) => {
    expect(errorsOf(packFilesWith({ [file]: text }))[0]).toContain(`${file}:${said}`);
  });

  it('that prints a fact which the signature of that document would not bind is refused', () => {
    const text =
      '# 样例\n\n{{acceptance.agent.idNumber}}\n{{derived.totalFee}}\n\n{{signatures:customer}}';
    expect(errorsOf(packFilesWith({ 'commitment.md': text }))).toEqual([
      expect.stringContaining('commitment.md:3 “acceptance.agent.idNumber”不能印在'),
      expect.stringContaining('commitment.md:4 “derived.totalFee”不能印在'),
    ]);
  });

  it.each([
    ['an emoji', '甲😀', '3 第 2 个字“😀”（U+1F600）打印不出来'],
    ['a Mongolian letter', 'ᠮ', '3 第 1 个字“ᠮ”（U+182E）'],
    ['a zero-width space', '甲\u200b乙', '3 第 2 个字“”（U+200B）'],
    ['a private-use character', '甲\ue000', '3 第 2 个字“”（U+E000）'],
    ['a control character', '甲\u0007', '3 第 2 个字“”（U+0007）'],
  ])('with %s is refused at its line and place', (_, written, said) => {
    const text = `# 样例\n\n${written}\n\n{{signatures:customer}}\n`;
    expect(errorsOf(packFilesWith({ 'commitment.md': text }))[0]).toContain(
      `commitment.md:${said}`,
    );
  });

  it('that is not UTF-8 is refused at the first such line', () => {
    const bytes = Uint8Array.from([...bytesOf('# A\n\n'), 0xb3, 0xd0, 0xc5, 0xb5, 0x0a]);
    const files = packFilesWith().set('commitment.md', bytes);
    expect(errorsOf(files).join('\n')).toContain('commitment.md:3 不是 UTF-8 文字');
  });

  it('saved with a byte order mark and Windows line ends is read all the same', () => {
    const text = '\ufeff# 样例\r\n\r\n1. 甲\r\n2. 乙\r\n\r\n{{signatures:customer}}\r\n';
    expect(errorsOf(packFilesWith({ 'commitment.md': text }))).toEqual([]);
  });

  it('with any text and any manifest is read or refused, never crashing', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        fc.oneof(fc.json(), fc.string()),
        (bytes, manifest) => {
          const files = packFilesWith().set('agreement.md', bytes);
          expect(errorsOf(files).length).toBeGreaterThan(0);
          expect(errorsOf(files.set('manifest.json', bytesOf(manifest))).length).toBeGreaterThan(0);
        },
      ),
    );
  });
});

describe('a folder or a zip', () => {
  const zip = (files: Record<string, Uint8Array>) => zipSync(files);
  const entries = () => Object.fromEntries(packFilesWith());
  const inFolder = (folder: string) =>
    Object.fromEntries([...packFilesWith()].map(([name, bytes]) => [`${folder}/${name}`, bytes]));
  const refusalOf = (found: ReturnType<typeof packFiles>) =>
    'errors' in found ? found.errors.map(({ file, message }) => `${file} ${message}`).join() : '';

  it('gives the files as they were put in', () => {
    expect(unzipPack(zip(entries()))).toEqual({ files: packFilesWith() });
  });

  it('may have the pack in a folder, and what systems add beside it', () => {
    const added = { '__MACOSX/模板/._agreement.md': strToU8('x'), '模板/.DS_Store': strToU8('x') };
    const found = unzipPack(zip({ ...inFolder('模板'), ...added }));
    expect('files' in found && new Map([...found.files].sort())).toEqual(
      new Map([...packFilesWith()].sort()),
    );
  });

  it.each([
    '../agreement.md',
    'a/../../agreement.md',
    '/etc/agreement.md',
    'C:/agreement.md',
    '..\\agreement.md',
    'a//agreement.md',
    './agreement.md',
    'agreement.md\n',
  ])('with a path like %j is refused', (path) => {
    expect(refusalOf(unzipPack(zip({ ...entries(), [path]: strToU8('x') })))).toContain(
      '文件名不安全',
    );
    expect(refusalOf(packFiles([...packFilesWith(), [path, strToU8('x')]]))).toContain(
      '文件名不安全',
    );
  });

  it('with two packs, or files outside of the pack, is refused', () => {
    expect(refusalOf(packFiles(Object.entries({ ...inFolder('a'), ...inFolder('b') })))).toContain(
      '不止一个清单',
    );
    expect(
      refusalOf(packFiles(Object.entries({ ...inFolder('a'), 'note.md': strToU8('x') }))),
    ).toContain('note.md 不在清单所在的文件夹里');
  });

  it('with one name twice is refused', () => {
    const twice = zip(Object.fromEntries([...packFilesWith(), ['agreement.mx', strToU8('x')]]));
    // Renamed in the bytes: no library writes such a zip.
    const bytes = new Uint8Array(twice);
    for (let at = 0; at < bytes.length; at += 1) {
      const name = String.fromCharCode(...bytes.subarray(at, at + 12));
      if (name === 'agreement.mx') bytes[at + 11] = 'd'.charCodeAt(0);
    }
    expect(refusalOf(unzipPack(bytes))).toContain('同名文件出现了两次');
  });

  it('that unpacks to a thousand times its size is refused before it does', () => {
    const bomb = zip({ ...entries(), 'agreement.md': new Uint8Array(60_000_000) });
    expect(bomb.length).toBeLessThan(1_000_000);
    const before = process.memoryUsage().arrayBuffers;
    expect(refusalOf(unzipPack(bomb))).toContain('模板包太大');
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(30_000_000);
  });

  it('that lies about its size is not believed', () => {
    const bomb = new Uint8Array(zip({ 'manifest.json': new Uint8Array(50_000_000) }));
    const view = new DataView(bomb.buffer);
    for (let at = 0; at < bomb.length - 4; at += 1) {
      const signature = view.getUint32(at, true);
      if (signature === 0x04034b50) view.setUint32(at + 22, 10, true);
      if (signature === 0x02014b50) view.setUint32(at + 24, 10, true);
    }
    expect(refusalOf(unzipPack(bomb))).toContain('模板包太大');
  });

  it('with too many files, or of too many bytes, is refused', () => {
    const many = Object.fromEntries(
      Array.from({ length: 2000 }, (_, index) => [`${index}.md`, strToU8('x')]),
    );
    expect(refusalOf(unzipPack(zip(many)))).toContain('模板包太大');
    expect(refusalOf(unzipPack(new Uint8Array(1_000_001)))).toContain('模板包太大');
  });

  it('cut off anywhere, flipped anywhere or no zip at all is read or refused, never crashing', () => {
    const whole = zip(entries());
    for (let length = 0; length < whole.length; length += 7) {
      const found = unzipPack(whole.subarray(0, length));
      // What is cut off is the directory at the end, which repeats what was read already.
      if ('files' in found) expect(errorsOf(new Map(found.files))).toEqual([]);
    }
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), (at, mask) => {
        const flipped = new Uint8Array(whole);
        flipped[at] = (flipped[at] ?? 0) ^ mask;
        const found = unzipPack(flipped);
        const errors = 'errors' in found ? found.errors : errorsOf(new Map(found.files));
        // Harmless only where no byte of a file is concerned.
        if (errors.length === 0 && 'files' in found) {
          expect(found.files.get('agreement.md')).toEqual(entries()['agreement.md']);
        }
      }),
      { numRuns: 1000 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(refusalOf(unzipPack(bytes))).not.toBe('');
      }),
    );
  });
});
