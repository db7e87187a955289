import type { ThemeConfig } from 'antd';

/** One accent, system Chinese faces, controls tall enough for a finger. */
export const theme: ThemeConfig = {
  token: {
    colorPrimary: '#0b5f83',
    colorInfo: '#0b5f83',
    colorLink: '#0b5f83',
    colorError: '#b42318',
    colorWarning: '#9a5b00',
    colorSuccess: '#1b7f4d',
    // The derived tints of dark colours are muddy; these are the soft colours of app.css.
    colorPrimaryBg: '#e3eff5',
    colorInfoBg: '#e3eff5',
    colorInfoBorder: '#b5d3e1',
    colorErrorBg: '#fdecea',
    colorErrorBorder: '#f2bfb9',
    colorWarningBg: '#fdf3e0',
    colorWarningBorder: '#ecd5a8',
    colorSuccessBg: '#e6f4ec',
    colorSuccessBorder: '#addbbf',
    colorText: '#1b2733',
    colorTextSecondary: '#4d5b68',
    colorTextDescription: '#5b6874',
    colorTextPlaceholder: '#8a96a1',
    colorBorder: '#c3ccd4',
    colorBgLayout: '#f3f5f7',
    fontSize: 15,
    borderRadius: 6,
    controlHeight: 40,
    controlHeightSM: 32,
    controlHeightLG: 48,
    fontFamily:
      'system-ui, "Microsoft YaHei UI", "PingFang SC", "Noto Sans SC", "Noto Sans CJK SC", "Source Han Sans SC", sans-serif',
  },
};
