import { app, dialog, Menu, type MenuItemConstructorOptions } from 'electron';

/** The application menu, in Chinese, with what a person at work can use. */
export const setMenu = (): void => {
  const separator: MenuItemConstructorOptions = { type: 'separator' };
  const menu: MenuItemConstructorOptions[] = [
    { label: '文件(&F)', submenu: [{ role: 'quit', label: '退出' }] },
    {
      label: '编辑(&E)',
      submenu: [
        { role: 'undo', label: '撤销' },
        { role: 'redo', label: '重做' },
        separator,
        { role: 'cut', label: '剪切' },
        { role: 'copy', label: '复制' },
        { role: 'paste', label: '粘贴' },
        { role: 'selectAll', label: '全选' },
      ],
    },
    {
      label: '视图(&V)',
      submenu: [
        // "=" is the key that carries "+": no need to hold Shift.
        { role: 'zoomIn', label: '放大', accelerator: 'CommandOrControl+=' },
        { role: 'zoomOut', label: '缩小' },
        { role: 'resetZoom', label: '实际大小' },
        separator,
        {
          role: 'togglefullscreen',
          label: '全屏',
          accelerator: process.platform === 'darwin' ? 'Control+Command+F' : 'F11',
        },
        ...(app.isPackaged
          ? []
          : [
              separator,
              { role: 'reload', label: '重新载入' } as const,
              { role: 'toggleDevTools', label: '开发者工具' } as const,
            ]),
      ],
    },
    { label: '帮助(&H)', submenu: [{ label: '关于 Onsite 勘签', click: showAbout }] },
  ];
  Menu.setApplicationMenu(Menu.buildFromTemplate(menu));
};

const showAbout = (): void => {
  void dialog.showMessageBox({
    type: 'info',
    title: '关于',
    message: 'Onsite 勘签',
    detail: `版本 ${app.getVersion()}\n现场填写、签署、打印，有网络时自动上传。`,
    buttons: ['确定'],
  });
};
