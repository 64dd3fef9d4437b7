// Looks over dist/build/mp-weixin, since WeChat's own tool cannot run everywhere: pages, sizes, interfaces, settings.
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const KB = 1024
const MAIN_BUDGET = 1024 * KB
const SUB_BUDGET = 500 * KB
/** WeChat's own limit of one page's preloading. */
const PRELOAD_BUDGET = 2 * 1024 * KB
/** Old ways to a name, a phone or a place that WeChat has closed, and things this product must not do. */
const FORBIDDEN = [
  'wx.getUserInfo', 'wx.getUserProfile', 'wx.startLocationUpdateBackground', 'wx.startLocationUpdate', 'wx.onLocationChange',
  'wx.requestPayment', 'wx.getFuzzyLocation', 'wx.createRewardedVideoAd', 'wx.createInterstitialAd', 'wx.loadSubNVue', 'eval(',
]
/** Interfaces that must be declared in `requiredPrivateInfos`. */
const PRIVATE = ['getLocation', 'chooseLocation', 'choosePoi', 'chooseAddress', 'onLocationChange', 'startLocationUpdate', 'getFuzzyLocation']
const PUBLIC_PAGES = ['pages/home/home', 'pages/stations/stations', 'pages/activities/activities', 'pages/services/services']

const root = join(dirname(fileURLToPath(import.meta.url)), '../dist/build/mp-weixin')
const faults = []
const fault = (words) => faults.push(words)

if (!existsSync(join(root, 'app.json'))) {
  console.error('Nothing is built: run `npm run build:mp-weixin` first.')
  process.exit(1)
}

function files(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    return entry.isDirectory() ? files(path) : [path]
  })
}

const app = JSON.parse(readFileSync(join(root, 'app.json'), 'utf8'))
const all = files(root).filter((path) => !/project\.(private\.)?config\.json$/.test(path))
const size = (paths) => paths.reduce((sum, path) => sum + statSync(path).size, 0)
const packages = app.subPackages ?? app.subpackages ?? []
const roots = packages.map((one) => one.root.replace(/\/$/, ''))

for (const page of [...app.pages, ...packages.flatMap((one) => one.pages.map((page) => `${one.root}/${page}`))]) {
  for (const ending of ['js', 'wxml', 'json']) {
    if (!existsSync(join(root, `${page}.${ending}`))) fault(`${page}.${ending} is missing`)
  }
}
for (const tab of app.tabBar?.list ?? []) {
  if (!app.pages.includes(tab.pagePath)) fault(`tab ${tab.pagePath} is not in the main package`)
}

const inside = (path, folder) => relative(root, path).startsWith(`${folder}/`)
const main = size(all.filter((path) => !roots.some((folder) => inside(path, folder))))
if (main > MAIN_BUDGET) fault(`the main package has ${Math.ceil(main / KB)} KB, more than ${MAIN_BUDGET / KB}`)
for (const folder of roots) {
  const bytes = size(all.filter((path) => inside(path, folder)))
  if (bytes > SUB_BUDGET) fault(`package ${folder} has ${Math.ceil(bytes / KB)} KB, more than ${SUB_BUDGET / KB}`)
  console.log(`${folder.padEnd(12)} ${String(Math.ceil(bytes / KB)).padStart(5)} KB`)
}
for (const [page, rule] of Object.entries(app.preloadRule ?? {})) {
  const unknown = rule.packages.filter((name) => !roots.includes(name))
  if (unknown.length) fault(`the preload rule of ${page} names ${unknown.join(', ')}, which is no package`)
  const bytes = rule.packages.reduce((sum, name) => sum + size(all.filter((path) => inside(path, name))), 0)
  if (bytes > PRELOAD_BUDGET) fault(`the preload rule of ${page} fetches ${Math.ceil(bytes / KB)} KB, more than ${PRELOAD_BUDGET / KB}`)
}
console.log(`main         ${String(Math.ceil(main / KB)).padStart(5)} KB`)

const scripts = all.filter((path) => path.endsWith('.js')).map((path) => ({ path: relative(root, path), text: readFileSync(path, 'utf8') }))
for (const { path, text } of scripts) {
  if (path === 'common/vendor.js') continue // uni-app's runtime names every interface there is.
  for (const name of FORBIDDEN) {
    const alias = name.replace(/^wx\./, '')
    if (text.includes(name) || (name.startsWith('wx.') && new RegExp(`\\b(wx\\$1|index)\\.${alias}\\(`).test(text))) fault(`${path} uses ${name}`)
  }
  for (const name of PRIVATE) {
    if (new RegExp(`\\b(wx|wx\\$1|index)\\.${name}\\(`).test(text) && !(app.requiredPrivateInfos ?? []).includes(name)) {
      fault(`${path} uses ${name}, which requiredPrivateInfos does not name`)
    }
  }
  if (/AppSecret|app_secret|BEGIN (RSA )?PRIVATE KEY/i.test(text)) fault(`${path} looks as if it held a secret`)
}
for (const name of app.requiredPrivateInfos ?? []) {
  if (!PRIVATE.includes(name)) fault(`requiredPrivateInfos names ${name}, which is none`)
}

/** Whether any script of ours calls it; uni-app's runtime is not ours. */
const calls = (name) => scripts.some(({ path, text }) => path !== 'common/vendor.js' && text.includes(`.${name}(`))
for (const name of ['onNeedPrivacyAuthorization', 'openPrivacyContract', 'getUpdateManager']) if (!calls(name)) fault(`nothing calls ${name}`)
const markup = all.filter((path) => path.endsWith('.wxml')).map((path) => readFileSync(path, 'utf8'))
if (!markup.some((text) => text.includes('open-type="agreePrivacyAuthorization"'))) fault('no button agrees to the privacy guideline')

for (const [, name] of [...scripts.map(({ text }) => text), ...markup].join('\n').matchAll(/["'`](\/static\/[\w.-]+\.\w+)["'`]/g)) {
  if (!existsSync(join(root, name))) fault(`${name} is named and not there`)
}
for (const state of ['open', 'unconfirmed', 'closed']) {
  if (!existsSync(join(root, `static/pin-${state}.png`))) fault(`the map has no mark for ${state}`)
}

for (const path of all.filter((one) => one.endsWith('.json'))) {
  const own = JSON.parse(readFileSync(path, 'utf8'))
  for (const used of Object.values(own.usingComponents ?? {})) {
    const file = used.startsWith('/') ? join(root, used) : join(dirname(path), used)
    if (!existsSync(`${file}.wxml`)) fault(`${relative(root, path)} uses ${used}, which is missing`)
  }
  // Large type and the language's glyphs are said by the page's shell and meant for what is inside of other components.
  if (own.component && own.styleIsolation !== 'shared' && path.includes(`${root}/components/`)) fault(`${relative(root, path)} shuts the page's styles out`)
}
for (const path of all.filter((one) => one.endsWith('.wxss'))) {
  if (/url\(["']?https?:/.test(readFileSync(path, 'utf8'))) fault(`${relative(root, path)} loads something from outside`)
}

if (app.lazyCodeLoading !== 'requiredComponents') fault('lazyCodeLoading is not set')
if (app.darkmode !== true || !existsSync(join(root, app.themeLocation ?? 'theme.json'))) fault('the theme file is missing')
const theme = JSON.parse(readFileSync(join(root, app.themeLocation ?? 'theme.json'), 'utf8'))
for (const [, name] of JSON.stringify([app.window, app.tabBar]).matchAll(/"@(\w+)"/g)) {
  if (!theme.light?.[name] || !theme.dark?.[name]) fault(`the theme file has no ${name} for day and night`)
}
if (!app.permission?.['scope.userLocation']?.desc) fault('the reason for asking the place is missing')
if (!Object.keys(app.preloadRule ?? {}).length) fault('there are no preload rules')

const map = JSON.parse(readFileSync(join(root, app.sitemapLocation ?? 'sitemap.json'), 'utf8'))
const last = map.rules.at(-1)
if (last?.action !== 'disallow' || last.page !== '*') fault('the sitemap does not close what it does not name')
for (const rule of map.rules) {
  if (rule.action === 'allow' && !PUBLIC_PAGES.includes(rule.page)) fault(`the sitemap opens ${rule.page}`)
}

if (faults.length) {
  console.error(faults.map((words) => `✗ ${words}`).join('\n'))
  process.exit(1)
}
console.log(`✓ ${app.pages.length + packages.reduce((sum, one) => sum + one.pages.length, 0)} pages`)
