import vue from 'eslint-plugin-vue'
import ts from 'typescript-eslint'

export default ts.config(
  { ignores: ['dist/', 'node_modules/', 'src/api/schema.d.ts', 'src/custom-tab-bar/'] },
  ...ts.configs.recommended,
  ...vue.configs['flat/recommended'],
  {
    files: ['**/*.vue'],
    languageOptions: { parserOptions: { parser: ts.parser } },
  },
  {
    languageOptions: {
      globals: {
        uni: 'readonly', wx: 'readonly', getCurrentPages: 'readonly', WechatMiniprogram: 'readonly', UniApp: 'readonly',
        window: 'readonly', document: 'readonly', navigator: 'readonly', console: 'readonly', process: 'readonly',
      },
    },
    rules: {
      eqeqeq: 'error',
      'no-console': ['error', { allow: ['error', 'log'] }],
      'no-restricted-properties': [
        'error',
        { object: 'uni', property: 'request', message: 'Calls go through src/api.' },
        { object: 'uni', property: 'navigateTo', message: 'Use src/navigation.' },
        { object: 'uni', property: 'switchTab', message: 'Use src/navigation.' },
      ],
      // An Android 8 WebView does not know these.
      'no-restricted-syntax': [
        'error',
        { selector: "CallExpression[callee.property.name=/^(flatMap|flat|replaceAll|at|findLast|allSettled|fromEntries)$/]", message: 'Not known to an Android 8 WebView.' },
        { selector: "Identifier[name='structuredClone']", message: 'Not known to an Android 8 WebView.' },
      ],
      'vue/max-attributes-per-line': 'off',
      'vue/singleline-html-element-content-newline': 'off',
      'vue/multiline-html-element-content-newline': 'off',
      'vue/html-self-closing': 'off',
      'vue/html-closing-bracket-newline': 'off',
      'vue/html-indent': 'off',
      'vue/first-attribute-linebreak': 'off',
      'vue/attributes-order': 'off',
      'vue/require-default-prop': 'off',
      'vue/multi-word-component-names': 'off',
      'vue/block-order': ['error', { order: ['script', 'template', 'style'] }],
      'vue/no-v-html': 'error',
      // `#ifdef` is uni-app's: both branches stand in the source.
      'vue/no-v-text-v-html-on-component': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrorsIgnorePattern: '^_' }],
    },
  },
  {
    files: ['src/platform/web/worker.js'],
    languageOptions: { globals: { self: 'readonly', caches: 'readonly', fetch: 'readonly', Request: 'readonly', URL: 'readonly', setTimeout: 'readonly' } },
  },
  {
    files: ['src/navigation.ts', 'src/api/transport.ts', 'scripts/**', 'tests/**', '*.config.*'],
    rules: { 'no-restricted-properties': 'off', 'no-restricted-syntax': 'off' },
  },
)
