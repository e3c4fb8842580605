/** How the desk looks, set once. Every colour of text has at least 4.5:1 on its ground. */
import { theme, type ThemeConfig } from 'antd'

import type { Language } from '@/texts'

const CHINESE =
  '"PingFang SC", "HarmonyOS Sans SC", "Source Han Sans SC", "Noto Sans CJK SC", "Noto Sans SC", ' +
  '"Microsoft YaHei"'
/** The first one draws the quotation marks, which both share: wide in Chinese, narrow in English. */
const FONTS: Record<Language, string> = {
  zh: `${CHINESE}, system-ui, sans-serif`,
  en: `-apple-system, "Segoe UI", Roboto, "Liberation Sans", Arial, ${CHINESE}, sans-serif`,
}

const common = {
  fontSize: 14,
  lineHeight: 1.6,
  borderRadius: 4,
  controlHeight: 32,
  wireframe: false,
  // Nothing moves: a spinner whose way out was never drawn stayed on its button.
  motion: false,
}

const light = {
  colorPrimary: '#155e9c',
  colorInfo: '#155e9c',
  colorLink: '#155e9c',
  colorSuccess: '#1a7238',
  colorWarning: '#8f5b00',
  colorError: '#b3261e',
  // What is derived from colours this dark is muddy.
  colorInfoBg: '#e6f0f9',
  colorInfoBorder: '#9dc2e3',
  colorSuccessBg: '#e7f4ea',
  colorSuccessBorder: '#97cba7',
  colorWarningBg: '#fff4dc',
  colorWarningBorder: '#e3c078',
  colorErrorBg: '#fdecea',
  colorErrorBorder: '#e9a9a3',
  colorTextBase: '#17212b',
  colorTextSecondary: '#45525f',
  colorTextTertiary: '#56636f',
  colorTextQuaternary: '#5f6b76',
  colorTextPlaceholder: '#5f6b76',
  colorTextDescription: '#45525f',
  colorTextDisabled: '#5f6b76',
  colorBgLayout: '#f3f5f7',
  colorBorder: '#8d99a5',
  colorBorderSecondary: '#d8dee4',
}

const dark = {
  colorPrimary: '#4c9be0',
  colorInfo: '#4c9be0',
  colorLink: '#7db8ee',
  colorSuccess: '#4cb873',
  colorWarning: '#d9a13b',
  colorError: '#ff8379',
  colorTextBase: '#e8edf2',
  colorTextSecondary: '#b7c1cb',
  colorTextTertiary: '#a5b0bb',
  colorTextQuaternary: '#98a4b0',
  colorTextPlaceholder: '#98a4b0',
  colorTextDescription: '#b7c1cb',
  colorTextDisabled: '#98a4b0',
  colorTextLightSolid: '#0b141c',
  colorBgBase: '#131a21',
  colorBgLayout: '#0c1116',
  colorBorder: '#62707d',
  colorBorderSecondary: '#2c3843',
}

export type Look = 'light' | 'dark'

export function themeOf(look: Look, language: Language): ThemeConfig {
  return {
    cssVar: { key: 'desk' },
    hashed: false,
    algorithm: look === 'dark' ? theme.darkAlgorithm : theme.defaultAlgorithm,
    token: { ...common, fontFamily: FONTS[language], ...(look === 'dark' ? dark : light) },
    components: {
      Table: { cellPaddingBlockSM: 5, cellPaddingInlineSM: 8 },
      Form: { itemMarginBottom: 16, verticalLabelPadding: '0 0 4px' },
      // The algorithm darkens it below what can be read on a dark ground.
      ...(look === 'dark' ? { Button: { colorError: dark.colorError } } : {}),
    },
  }
}

export function keptLook(): Look {
  const kept = localStorage.getItem('look')
  if (kept === 'light' || kept === 'dark') return kept
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'
}

export function keepLook(look: Look): void {
  localStorage.setItem('look', look)
}
