import { PDF } from '@libpdf/core';
import { describe, expect, it } from 'vitest';
import { checkCms } from '../../../domain/evidence/cms.ts';
import { type FileState, verifyFile } from '../../../domain/evidence/verify.ts';
import { parseOrderFile, printOrderFile } from '../../../domain/order/file.ts';
import { poppler, print } from '../documents/printing.ts';
import { clinic, DEVICE, key, newKey, sealed, signed } from './sealing.ts';

const survey = await sealed('survey');
const evidence = await sealed('evidence');
const ascii = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));
const joined = (...parts: Uint8Array[]) => Uint8Array.from(parts.flatMap((part) => [...part]));
const binary = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');
const state = (bytes: Uint8Array): FileState | undefined => verifyFile(bytes)?.state;

describe('a sealed file', () => {
  it('is intact, names its document and device, and agrees with its order', () => {
    expect(verifyFile(survey, clinic)).toMatchObject({
      state: 'intact',
      document: 'survey',
      reasons: [],
      sealed: { device: `勘签设备 ${DEVICE}`, key: key.fingerprint, at: '2026-03-03T02:00:06Z' },
    });
    expect(verifyFile(evidence, clinic)).toMatchObject({ state: 'intact', document: 'evidence' });
  });

  it('begins with the very bytes that were printed', async () => {
    const printed = await print('survey', clinic);
    expect(survey.subarray(0, printed.length)).toEqual(printed);
  });

  it('is valid for poppler too, and all of it is signed', () => {
    for (const file of [survey, evidence]) {
      const said = poppler('pdfsig', file);
      expect(said).toContain('Signature is Valid');
      expect(said).toContain('Total document signed');
      expect(said).toContain('ETSI.CAdES.detached');
    }
  });

  it('still lists no font that is not embedded', () => {
    const fonts = poppler('pdffonts', survey).trim().split('\n').slice(2);
    expect(fonts.length).toBeGreaterThan(0);
    for (const font of fonts) expect(font).toMatch(/ yes yes yes /);
  });

  it('agrees with its order out of the order file', () => {
    const read = parseOrderFile(printOrderFile(clinic));
    if ('errors' in read) throw new Error('the file cannot be read');
    expect(verifyFile(evidence, read.order)?.state).toBe('intact');
  });
});

describe('a sealed file that was touched', () => {
  /** The places where a flip leaves the file anything but changed. */
  const unnoticed = (flips: readonly (readonly [place: number, bit: number])[]) =>
    flips.filter(([place, bit]) => {
      const flipped = survey.slice();
      flipped[place] = (flipped[place] ?? 0) ^ (1 << bit);
      return state(flipped) !== 'changed';
    });
  const seal = binary(survey).lastIndexOf('/ByteRange');
  const contents = binary(survey).indexOf('/Contents <', seal) + '/Contents <'.length;

  it('is changed with any one bit flipped in the pages or around the signature', () => {
    const pages = Array.from({ length: 300 }, (_, i) => Math.floor((i * seal) / 300));
    const around = Array.from({ length: survey.length - seal }, (_, i) => seal + i);
    const places = [...pages, ...around.filter((at) => at < contents || at % 5 === 0)];
    expect(unnoticed(places.map((place) => [place, place % 8]))).toEqual([]);
  }, 120_000);

  it('is refused with any one bit of the signature itself flipped', () => {
    const close = binary(survey).indexOf('>', contents);
    const room = Buffer.from(binary(survey).slice(contents, close), 'hex');
    const cms = Uint8Array.from(room.subarray(0, 4 + room.readUInt16BE(2)));
    const signed = [survey.subarray(0, contents - 1), survey.subarray(close + 1)];
    expect(checkCms(cms, signed)?.key).toBe(key.fingerprint);
    const wrong: [byte: number, bit: number][] = [];
    for (let byte = 0; byte < cms.length; byte++) {
      for (let bit = 0; bit < 8; bit++) {
        const flipped = cms.slice();
        flipped[byte] = (flipped[byte] ?? 0) ^ (1 << bit);
        if (checkCms(flipped, signed)) wrong.push([byte, bit]);
      }
    }
    expect(wrong).toEqual([]);
  }, 120_000);

  it('says which document was changed', () => {
    const flipped = survey.slice();
    flipped[5000] = (flipped[5000] ?? 0) ^ 1;
    expect(verifyFile(flipped)).toMatchObject({ state: 'changed', document: 'survey' });
    expect(poppler('pdfsig', flipped)).toContain('Digest Mismatch');
  });

  it.each([
    ['one byte', ascii('\n')],
    ['a comment', ascii('%改\n')],
    ['a revision that turns the pages round', null],
  ])('is extended with %s behind it', async (_, more) => {
    const turnedRound = async () => {
      const pdf = await PDF.load(survey);
      pdf.movePage(0, 1);
      return pdf.save({ incremental: true });
    };
    const longer = more ? joined(survey, more) : await turnedRound();
    expect(longer.length).toBeGreaterThan(survey.length);
    expect(verifyFile(longer, clinic)).toMatchObject({ state: 'extended', document: 'survey' });
    expect(verifyFile(longer)?.reasons.join()).toContain(`${longer.length - survey.length} 字节`);
  });

  it('is changed with its pages swapped', async () => {
    const text = binary(survey);
    const [kids = '', first = '', second = ''] = /\/Kids \[(\d+ 0 R) (\d+ 0 R) \]/.exec(text) ?? [];
    const at = text.indexOf(kids);
    const swapped = joined(
      survey.subarray(0, at),
      ascii(kids.replace(`${first} ${second}`, `${second} ${first}`)),
      survey.subarray(at + kids.length),
    );
    expect(poppler('pdftotext', swapped, ['-l', '1'], ['-'])).toContain('分机规划表');
    expect(verifyFile(swapped)).toMatchObject({ state: 'changed', document: 'survey' });

    const pdf = await PDF.load(survey);
    pdf.movePage(0, 1);
    expect(state(await pdf.save({ incremental: false }))).toBe('changed');
  });

  it('is changed when its end is missing', () => {
    expect(state(survey.subarray(0, survey.length - 20))).toBe('changed');
  });

  it('is changed when pages of one file stand under the seal of another', () => {
    const at = binary(evidence).lastIndexOf('/Type /Sig');
    expect(state(joined(survey.subarray(0, 30_000), evidence.subarray(at - 200)))).toBe('changed');
  });
});

describe('a sealed file whose order changed', () => {
  const changed = { ...clinic, facts: { ...clinic.facts, 'survey.other': '改过' } };

  it('is changed, and so is the evidence page, but not a document that does not print the fact', async () => {
    expect(verifyFile(survey, changed)).toMatchObject({ state: 'changed', document: 'survey' });
    expect(verifyFile(survey, changed)?.reasons.join()).toContain('IMS资源确认表');
    expect(verifyFile(evidence, changed)?.reasons.join()).toContain('工单记录');
    const untouched = signed({ ...clinic, signatures: [] }, ['acceptance']);
    const facts = { ...untouched.facts, 'survey.other': '改过' };
    const acceptance = await sealed('acceptance', untouched);
    expect(verifyFile(acceptance, { ...untouched, facts })?.state).toBe('intact');
  });

  it('is changed when its signature is gone, or the strokes are another', () => {
    expect(verifyFile(survey, { ...clinic, signatures: [] })?.state).toBe('changed');
    const forged = clinic.signatures.map((each) => ({ ...each, strokes: [] }));
    expect(verifyFile(survey, { ...clinic, signatures: forged })?.state).toBe('changed');
  });

  it('is changed when somebody sealed it again with a key of his own', async () => {
    const again = await sealed('survey', clinic, await newKey());
    expect(verifyFile(again)?.state).toBe('intact');
    expect(verifyFile(again, clinic)?.reasons.join()).toContain('密钥');
  });
});

describe('a file that was never sealed', () => {
  it('is unsealed when it is a PDF, and nothing at all when it is none', async () => {
    expect(state(await print('roster', clinic))).toBe('unsealed');
    expect(verifyFile(ascii('hello'))).toBeNull();
    expect(verifyFile(new Uint8Array())).toBeNull();
  });
});
