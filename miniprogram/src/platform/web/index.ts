import type { Place, Platform } from '../types'
import { earlyAnswer } from './early'
import { backSettled, holdBack } from './backkey'
import { chooseFiles, forgetFile, keepFile, keptFile, pictureOf, readerOf } from './files'
import { startKeyboard } from './keyboard'
import { startOffline, startRecovery } from './offline'
import { play } from './player'
import { drawKeepsake, shrink } from './pictures'
import { canRecord, record } from './recorder'
import { calendarFile } from '../calendar'
import { uuidFrom } from '../uuid'

interface Recognition {
  lang: string
  onresult: ((event: { results: ArrayLike<ArrayLike<{ transcript: string }>> }) => void) | null
  onerror: (() => void) | null
  onend: (() => void) | null
  start(): void
}

type RecognitionMaker = new () => Recognition

const Recognizer: RecognitionMaker | undefined = (window as unknown as { webkitSpeechRecognition?: RecognitionMaker })
  .webkitSpeechRecognition

function download(name: string, address: string): void {
  const link = document.createElement('a')
  link.href = address
  link.download = name
  document.body.appendChild(link)
  link.click()
  link.remove()
}

function downloadText(name: string, content: string, type: string): void {
  const address = URL.createObjectURL(new Blob([content], { type: `${type};charset=utf-8` }))
  download(name, address)
  setTimeout(() => URL.revokeObjectURL(address), 10_000)
}

export const platform: Platform = {
  kind: 'web',
  origin: '',

  early: earlyAnswer,

  loginCode: () => Promise.resolve(null),

  locate: (exact = false) =>
    new Promise((resolve) => {
      if (!navigator.geolocation) {
        resolve({ ok: false, why: 'unavailable' })
        return
      }
      navigator.geolocation.getCurrentPosition(
        ({ coords }) =>
          resolve({
            ok: true,
            place: { lat: coords.latitude, lng: coords.longitude, datum: 'wgs84', accuracy: coords.accuracy, speed: coords.speed ?? undefined },
          }),
        (error) => resolve({ ok: false, why: error.code === error.PERMISSION_DENIED ? 'refused' : 'unavailable' }),
        { enableHighAccuracy: exact, timeout: 8000, maximumAge: exact ? 0 : 60_000 },
      )
    }),

  choosePlace: () => Promise.resolve<(Place & { name: string }) | null>(null),

  navigate(to) {
    // `geo:` opens the map app that the phone has; nothing is asked of an outside site.
    window.location.href = `geo:${to.lat},${to.lng}?q=${to.lat},${to.lng}(${encodeURIComponent(to.name)})`
  },

  canScan: false,
  scan: () => Promise.resolve(null),

  canSubscribe: false,
  subscribe: () => Promise.resolve({}),

  call(phone) {
    window.location.href = `tel:${phone}`
  },

  async showFile(address, mediaType, close) {
    // In a tab of its own a recording would not play: such a tab may load nothing.
    const kind = mediaType.split('/')[0]
    if (kind === 'audio' || kind === 'video') play(address, kind, close)
    else window.open(address, '_blank', 'noopener')
    return true
  },

  async copy(text) {
    const area = document.createElement('textarea')
    area.value = text
    area.style.position = 'fixed'
    area.style.opacity = '0'
    document.body.appendChild(area)
    area.select()
    // The old way also works over plain http, where a station's router sends people.
    const done = document.execCommand('copy')
    area.remove()
    return done
  },

  takePicture: async () => {
    const [taken] = await chooseFiles('image/*', 1, 'environment')
    return taken ? shrink(taken) : null
  },
  holdBack,
  backSettled,
  sayNo: () => document.querySelector<HTMLElement>('.uni-modal__btn_default')?.click(),

  choosePictures: async (count, papers = true) => Promise.all((await chooseFiles(papers ? 'image/*,application/pdf' : 'image/*', count)).map(shrink)),
  chooseVideo: async () => (await chooseFiles('video/*', 1)).map(pictureOf)[0] ?? null,
  reader: readerOf,
  keepFile,
  keptFile,
  forgetFile,

  async keepPicture(picture) {
    download(`${picture.fileName}.png`, drawKeepsake(picture))
    return true
  },

  async saveFile({ name, kind, content }) {
    // With a mark of its encoding: old viewers take plain text for GBK otherwise.
    downloadText(name, kind === 'txt' ? `\uFEFF${content}` : content, kind === 'txt' ? 'text/plain' : 'application/json')
    return true
  },

  async addToCalendar(entry) {
    downloadText('暖蜂.ics', calendarFile(entry, Date.now()), 'text/calendar')
    return true
  },

  canRecord,
  record,

  canSpeak: 'speechSynthesis' in window,
  speak(text, locale) {
    if (speechSynthesis.speaking) {
      speechSynthesis.cancel()
      return
    }
    const words = new SpeechSynthesisUtterance(text)
    words.lang = locale === 'en' ? 'en-GB' : locale === 'zh-Hant-HK' ? 'zh-HK' : 'zh-CN'
    words.rate = 0.9
    speechSynthesis.speak(words)
  },
  hush() {
    if ('speechSynthesis' in window) speechSynthesis.cancel()
  },

  canDictate: Recognizer !== undefined,
  dictate: (locale) =>
    new Promise((resolve) => {
      if (!Recognizer) {
        resolve('')
        return
      }
      const ear = new Recognizer()
      let heard = ''
      ear.lang = locale === 'en' ? 'en-GB' : locale === 'zh-Hant-HK' ? 'zh-HK' : 'zh-CN'
      ear.onresult = (event) => {
        heard = Array.from(event.results, (result) => result[0]?.transcript ?? '').join('')
      }
      ear.onerror = () => resolve(heard)
      ear.onend = () => resolve(heard)
      ear.start()
    }),

  fontScale() {
    const probe = document.createElement('span')
    probe.style.cssText = 'font-size:medium;position:absolute;visibility:hidden'
    document.body.appendChild(probe)
    const size = parseFloat(getComputedStyle(probe).fontSize)
    probe.remove()
    return Math.min(2, Math.max(0.85, size / 16 || 1))
  },

  headInsets: () => ({ top: 0, right: 0 }),

  uuid() {
    return uuidFrom(crypto.getRandomValues(new Uint8Array(16)))
  },

  start() {
    startKeyboard()
    startRecovery()
    startOffline()
  },

  setLanguage(locale) {
    document.documentElement.lang = locale
  },

  setTitle(title) {
    document.title = title
  },
}
