import { Button } from 'antd';
import { useRef, useState } from 'react';
import { readBackupHeader } from '../../../domain/backup/format.ts';
import { keyFileSchema } from '../../../domain/vault/key-file.ts';
import type { Vault } from '../../vault/vault.ts';
import { VaultCard, VaultProblem } from './vault-card.tsx';

const TEXTS = {
  missing: {
    title: '找不到密钥文件',
    happened: '这台设备上有加密的工单，但打开它们要用的密钥文件不见了，两份都没有找到。',
  },
  damaged: {
    title: '密钥文件损坏',
    happened: '打开工单要用的密钥文件有两份，两份都读不出来。',
  },
} as const;

/** The key file that a backup carries; null when it carries none. @throws when it is no backup */
const keyFileOf = async (backup: File) => {
  const header = await readBackupHeader({
    size: backup.size,
    read: async (offset, length) =>
      new Uint8Array(await backup.slice(offset, offset + length).arrayBuffer()),
  });
  return keyFileSchema.safeParse(header.keyFile).data ?? null;
};

/** The data is there, what it opens with is not: a backup has it. */
export const LostKeyFile = (props: { vault: Vault; how: keyof typeof TEXTS }) => {
  const { vault, how } = props;
  const { title, happened } = TEXTS[how];
  const [problem, setProblem] = useState<string | null>(null);
  const input = useRef<HTMLInputElement>(null);
  const take = async (backup: File) => {
    try {
      const file = await keyFileOf(backup);
      if (file) await vault.adopt(file);
      else setProblem('这份备份里没有密钥文件。');
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    }
  };
  return (
    <VaultCard step={how} title={title}>
      <p>{happened}工单数据还在原处，没有删除，也没有改动。</p>
      <p>
        这台设备的任何一份备份里都有它：请选择最近的备份文件，再用恢复码打开。没有备份时请联系后台，不要清空或重装。
      </p>
      {problem && <VaultProblem>{problem}</VaultProblem>}
      <input
        ref={input}
        type="file"
        accept=".backup"
        aria-label="备份文件"
        hidden
        onChange={({ target }) => {
          const [backup] = target.files ?? [];
          target.value = '';
          if (backup) void take(backup);
        }}
      />
      <div className="vault-actions">
        <Button size="large" onClick={() => location.reload()}>
          再试一次
        </Button>
        <Button type="primary" size="large" onClick={() => input.current?.click()}>
          从备份取回密钥
        </Button>
      </div>
    </VaultCard>
  );
};
