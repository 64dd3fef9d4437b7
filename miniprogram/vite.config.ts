import { fileURLToPath } from 'node:url'
import uniPlugin from '@dcloudio/vite-plugin-uni'
import { defineConfig, type Plugin } from 'vite'

// The package is CommonJS: under ESM its default export sits one level down.
const uni = (uniPlugin as unknown as { default?: typeof uniPlugin }).default ?? uniPlugin
const isWeixin = process.env.UNI_PLATFORM === 'mp-weixin'
const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/**
 * Nothing may be loaded from outside. wot-design-uni ships an icon font and a shadow image on a CDN, and uni-h5 knows the
 * addresses of map providers and adverts: all of them are cut out before anything else sees the module.
 */
function withoutOutsideAddresses(): Plugin {
  const ours = /(wot-design-uni|@dcloudio[\\/]uni-(h5|components))/
  return {
    name: 'warmbee:without-outside-addresses',
    enforce: 'pre',
    transform(code, id) {
      if (!ours.test(id) || !/https?:\/\//.test(code)) return null
      return {
        code: code
          .replace(/@font-face\s*\{[^}]*at\.alicdn\.com[^}]*\}/g, '')
          .replace(/url\((['"]?)https?:\/\/[^)]*\1\)/g, 'none')
          .replace(/(['"`])https?:\/\/(?!www\.w3\.org)[^'"`]*\1/g, "$1about:blank$1"),
        map: null,
      }
    },
    // uni-app adds one more picture to the style sheet after everybody else.
    generateBundle(_, bundle) {
      for (const file of Object.values(bundle)) {
        if (file.type !== 'asset' || !/\.(css|wxss)$/.test(file.fileName) || typeof file.source !== 'string') continue
        file.source = file.source.replace(/url\((['"]?)https?:\/\/[^)]*\1\)/g, 'none')
      }
    },
  }
}

/** wot's own icons are a font on a CDN: the few places where its parts draw one get ours. */
function ownIcons(): Plugin {
  return {
    name: 'warmbee:own-icons',
    enforce: 'pre',
    resolveId(source, importer) {
      const asked = source.endsWith('wd-icon/wd-icon.vue') && importer && /wot-design-uni/.test(importer)
      return asked ? here('./src/components/WotIcon.vue') : null
    },
  }
}

/** WeChat names ARIA's role `aria-role`; the sources write `role`, as the browser does. */
function weixinRoles(): Plugin {
  return {
    name: 'warmbee:weixin-roles',
    enforce: 'pre',
    transform(code, id) {
      if (!isWeixin || !/[\\/]src[\\/].*\.vue$/.test(id)) return null
      return { code: code.replace(/(\s:?)role=/g, '$1aria-role='), map: null }
    },
  }
}

/** What a first visit shows: home, and the stations that a code at a door leads to. */
const FIRST_PAGES = ['./src/pages/home/home.vue', './src/pages/stations/stations.vue'].map(here)

/**
 * Everything of ours that the first pages are made of is one chunk, which the page asks for beside the framework. Cut by
 * Rollup it would be sixteen scripts and ten style sheets, found one after the other: seconds on a line of 300 ms.
 */
function firstPagesTogether() {
  const together = new Set<string>()
  return (id: string, { getModuleInfo }: { getModuleInfo: (id: string) => { importedIds: readonly string[] } | null }) => {
    const visit = (one: string) => {
      if (together.has(one) || !one.startsWith(here('./src/'))) return
      together.add(one)
      getModuleInfo(one)?.importedIds.forEach(visit)
    }
    if (!together.size) FIRST_PAGES.forEach(visit)
    return together.has(id) ? 'first' : undefined
  }
}

export default defineConfig({
  base: './',
  plugins: [ownIcons(), withoutOutsideAddresses(), weixinRoles(), uni()],
  resolve: {
    alias: {
      // One interface, two implementations: see src/platform/types.ts.
      '#platform': here(isWeixin ? './src/platform/weixin' : './src/platform/web'),
      '@': here('./src'),
    },
  },
  build: {
    // Android 8 came with Chromium 58 and gets its updates from the store; 64 is the first with every piece of ES modules.
    target: ['chrome64', 'safari12'],
    assetsInlineLimit: 4096,
    rollupOptions: isWeixin ? {} : { output: { manualChunks: firstPagesTogether() } },
  },
})
