import vue from 'eslint-plugin-vue'
import tseslint from 'typescript-eslint'

const noElectron = { paths: [{ name: 'electron', message: 'Only src/main/desktop, src/main/index.ts and src/preload may import electron.' }] }

export default tseslint.config(
  { ignores: ['out/**', 'dist/**', 'coverage/**', '.artifacts/**', '.bench/**', 'scripts/*.d.mts'] },
  ...tseslint.configs.recommendedTypeChecked,
  ...vue.configs['flat/essential'],
  {
    files: ['**/*.ts', '**/*.vue'],
    languageOptions: {
      parserOptions: {
        parser: tseslint.parser,
        project: ['./tsconfig.node.json', './tsconfig.web.json'],
        tsconfigRootDir: import.meta.dirname,
        extraFileExtensions: ['.vue'],
      },
    },
    rules: {
      'no-restricted-imports': ['error', noElectron],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // An adapter answers a port's promise, whether it has to wait or not.
      '@typescript-eslint/require-await': 'off',
    },
  },
  { files: ['src/main/desktop/**', 'src/main/index.ts', 'src/preload/**', 'test/e2e/**'], rules: { 'no-restricted-imports': 'off' } },
  {
    // A test looks into what a program printed or answered: `any` from JSON.parse is honest there, and types are checked anyway.
    files: ['test/**', 'bench/**'],
    rules: {
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  // Launcher, benchmarks' contestants and the stand-in are plain JavaScript: no types to check.
  { files: ['**/*.js', '**/*.mjs'], ...tseslint.configs.disableTypeChecked },
)
