import { PlusOutlined } from '@ant-design/icons';
import { Button, Form, Input, InputNumber, Modal, Table, type TableColumnsType } from 'antd';
import { useState } from 'react';
import { BELOW, OFFLINE_DAYS, ORGANISATION_KINDS } from '../../../domain/accounts/roles.ts';
import type { OrganisationRow } from '../../../domain/accounts/wire.ts';
import type { TabProps } from './accounts-screen.tsx';

type Node = OrganisationRow & { readonly children?: Node[] };

/** The rows as a tree; only those without a parent here stand at the top. */
const treeOf = (rows: readonly OrganisationRow[]): Node[] => {
  const ids = new Set(rows.map(({ id }) => id));
  const below = (parent: string): Node[] => rows.filter((row) => row.parent === parent).map(nodeOf);
  const nodeOf = (row: OrganisationRow): Node => {
    const children = below(row.id);
    return children.length > 0 ? { ...row, children } : row;
  };
  return rows.filter(({ parent }) => !ids.has(parent ?? '')).map(nodeOf);
};

interface Typed {
  readonly name: string;
  readonly offlineDays?: number | null;
}

/** 省公司 / 分公司 / 班组, and how long their devices may stay away. */
export const OrganisationsTab = ({ accounts, act }: TabProps) => {
  const { organisations, users } = accounts;
  const [editing, setEditing] = useState<OrganisationRow | null>(null);
  const [parent, setParent] = useState<OrganisationRow | null>(null);
  const [form] = Form.useForm<Typed>();
  const known = new Map(organisations.map((row) => [row.id, row]));
  const daysAbove = ({ parent: above }: OrganisationRow): number => {
    const row = known.get(above ?? '');
    return row ? (row.offlineDays ?? daysAbove(row)) : OFFLINE_DAYS;
  };
  const close = () => {
    setEditing(null);
    setParent(null);
    form.resetFields();
  };
  const save = async ({ name, offlineDays = null }: Typed) => {
    const done = editing
      ? await act(
          (client) => client.changeOrganisation(editing.id, { name, offlineDays }),
          '已保存',
        )
      : parent && (await act((client) => client.addOrganisation(parent.id, name), '已新增'));
    if (done) close();
  };
  const columns: TableColumnsType<Node> = [
    { title: '名称', dataIndex: 'name' },
    { title: '级别', dataIndex: 'kind', render: (kind: Node['kind']) => ORGANISATION_KINDS[kind] },
    {
      title: '人员',
      align: 'right',
      render: (_, { id }) =>
        users.filter(({ organisation, active }) => active && organisation === id).length,
    },
    {
      title: '离线期限',
      align: 'right',
      render: (_, row) =>
        row.offlineDays === null ? (
          <span className="accounts-faint">同上级，{daysAbove(row)} 天</span>
        ) : (
          `${row.offlineDays} 天`
        ),
    },
    {
      title: '',
      align: 'right',
      render: (_, row) => {
        const kind = BELOW[row.kind];
        return (
          <>
            {kind && (
              <Button type="text" icon={<PlusOutlined />} onClick={() => setParent(row)}>
                新增{ORGANISATION_KINDS[kind]}
              </Button>
            )}
            <Button
              type="text"
              onClick={() => {
                setEditing(row);
                form.setFieldsValue({ name: row.name, offlineDays: row.offlineDays });
              }}
            >
              修改
            </Button>
          </>
        );
      },
    },
  ];
  const kind = editing?.kind ?? (parent && BELOW[parent.kind]);
  return (
    <>
      <p className="accounts-note">
        离线期限：设备超过这么多天没有联系服务，就要重新登录才能上传；已存的内容照常可以查看和填写。
      </p>
      <Table
        rowKey="id"
        size="middle"
        columns={columns}
        dataSource={treeOf(organisations)}
        expandable={{ defaultExpandAllRows: true }}
        pagination={false}
      />
      <Modal
        open={editing !== null || parent !== null}
        title={`${editing ? '修改' : '新增'}${kind ? ORGANISATION_KINDS[kind] : '机构'}`}
        okText="保存"
        onOk={form.submit}
        onCancel={close}
        forceRender
      >
        <Form form={form} name="organisation" layout="vertical" onFinish={save}>
          <Form.Item
            name="name"
            label="名称"
            rules={[{ required: true, whitespace: true, message: '请填写名称' }, { max: 60 }]}
          >
            <Input autoComplete="off" />
          </Form.Item>
          {editing && (
            <Form.Item name="offlineDays" label="离线期限（1 至 365 天）" extra="不填则同上级机构">
              <InputNumber
                min={1}
                max={365}
                precision={0}
                suffix="天"
                placeholder={`${daysAbove(editing)}`}
              />
            </Form.Item>
          )}
        </Form>
      </Modal>
    </>
  );
};
