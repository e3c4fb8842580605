import js from '@eslint/js'
import hooks from 'eslint-plugin-react-hooks'
import tseslint from 'typescript-eslint'

export default tseslint.config(
  { ignores: ['node_modules', 'src/api/schema.ts'] },
  js.configs.recommended,
  {
    files: ['src/**/*.{ts,tsx}', 'tests/**/*.ts'],
    extends: [...tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    plugins: { 'react-hooks': hooks },
    rules: {
      ...hooks.configs.recommended.rules,
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      'no-console': 'error',
      // Texts for people are in src/texts, so that both languages have them.
      'no-restricted-syntax': [
        'error',
        {
          selector: 'JSXText[value=/[\\u4e00-\\u9fff]|[A-Za-z]{3}/]',
          message: 'Texts for people belong in src/texts.',
        },
        {
          selector: 'Literal[value=/[\\u4e00-\\u9fff]/]',
          message: 'Texts for people belong in src/texts.',
        },
      ],
    },
  },
  { files: ['src/texts/**'], rules: { 'no-restricted-syntax': 'off' } },
  { files: ['tests/**'], rules: { 'no-restricted-syntax': 'off' } },
  { files: ['*.js'], languageOptions: { globals: { process: 'readonly' } } },
)
