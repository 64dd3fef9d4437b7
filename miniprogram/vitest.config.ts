import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

export default defineConfig({
  plugins: [
    vue({ template: { compilerOptions: { isCustomElement: (tag) => /^(view|text|picker-view|picker-view-column|scroll-view|page-container|wd-.*)$/.test(tag) } } }),
  ],
  resolve: { alias: { '#platform': here('./tests/platform.ts'), '@': here('./src') } },
  test: { environment: 'happy-dom', include: ['tests/**/*.test.ts'], setupFiles: ['tests/uni.ts'], restoreMocks: true },
})
