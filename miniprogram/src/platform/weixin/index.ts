import type { Picture, Platform, SubscribeAnswer } from '../types'
import { uuidFrom } from '../uuid'
import { KEEPSAKE_WIDTH, drawLines, keepsakeHeight } from '../web/pictures'
import { chooseVideo, forgetFile, keepFile, keptFile, readerOf } from './files'
import { askPrivacy } from './privacy'

type Canvas2D = CanvasRenderingContext2D

export const platform: Platform = {
  kind: 'weixin',
  origin: import.meta.env.VITE_API_ORIGIN ?? '',

  early: () => null,

  loginCode: () =>
    new Promise((resolve) => {
      wx.login({ timeout: 8000, success: ({ code }) => resolve(code), fail: () => resolve(null) })
    }),

  locate: (exact = false) =>
    new Promise((resolve) => {
      wx.getLocation({
        type: 'gcj02',
        isHighAccuracy: exact,
        success: ({ latitude, longitude, accuracy, speed }) =>
          // WeChat says -1 when it does not know how fast.
          resolve({ ok: true, place: { lat: latitude, lng: longitude, datum: 'gcj02', accuracy, speed: speed >= 0 ? speed : undefined } }),
        fail: ({ errMsg }) => resolve({ ok: false, why: /auth|deny|privacy/.test(errMsg) ? 'refused' : 'unavailable' }),
      })
    }),

  choosePlace: () =>
    new Promise((resolve) => {
      wx.chooseLocation({
        success: ({ name, latitude, longitude }) => resolve({ name, lat: latitude, lng: longitude, datum: 'gcj02' }),
        fail: () => resolve(null),
      })
    }),

  navigate(to) {
    wx.openLocation({ latitude: to.lat, longitude: to.lng, name: to.name, address: to.address, scale: 16 })
  },

  canScan: true,
  scan: () =>
    new Promise((resolve) => {
      // A code of our own mini-program comes in `path`; `result` is not its scene.
      wx.scanCode({ success: ({ path, result }) => resolve(path || result || null), fail: () => resolve(null) })
    }),

  canSubscribe: true,
  subscribe: (templates) =>
    new Promise((resolve) => {
      wx.requestSubscribeMessage({
        tmplIds: templates,
        success: (answers) => {
          const said: SubscribeAnswer = {}
          for (const id of templates) {
            const answer = (answers as unknown as Record<string, string>)[id]
            if (answer === 'accept' || answer === 'reject') said[id] = answer
          }
          resolve(said)
        },
        fail: () => resolve({}),
      })
    }),

  call(phone) {
    wx.makePhoneCall({ phoneNumber: phone })
  },

  async showFile(address, mediaType) {
    if (mediaType.startsWith('image/')) {
      wx.previewImage({ urls: [address] })
      return true
    }
    if (mediaType.startsWith('video/')) {
      void wx.previewMedia({ sources: [{ url: address, type: 'video' }] })
      return true
    }
    if (mediaType.startsWith('audio/')) {
      const player = wx.createInnerAudioContext()
      player.src = address
      player.onEnded(() => player.destroy())
      player.play()
      return true
    }
    return new Promise((resolve) => {
      wx.downloadFile({
        url: address,
        success: ({ statusCode, tempFilePath }) => {
          if (statusCode !== 200) return resolve(false)
          wx.openDocument({
            filePath: tempFilePath,
            fileType: mediaType === 'application/pdf' ? 'pdf' : 'docx',
            // To be printed, or sent on to whoever prints it.
            showMenu: true,
            success: () => resolve(true),
            fail: () => resolve(false),
          })
        },
        fail: () => resolve(false),
      })
    })
  },

  copy: (text) =>
    new Promise((resolve) => {
      wx.setClipboardData({ data: text, success: () => resolve(true), fail: () => resolve(false) })
    }),

  takePicture: async () => (await pictures(1, ['camera']))[0] ?? null,
  // A sheet has WeChat's own container for that, see BottomSheet.
  holdBack: () => () => undefined,
  backSettled: () => Promise.resolve(),
  sayNo: () => undefined,

  choosePictures: (count) => pictures(Math.min(9, count), ['album', 'camera']),

  chooseVideo,
  reader: readerOf,
  keepFile,
  keptFile,
  forgetFile,

  saveFile({ name, kind, content }) {
    const files = wx.getFileSystemManager()
    const path = `${wx.env.USER_DATA_PATH}/${name}`
    try {
      files.writeFileSync(path, kind === 'txt' ? `\uFEFF${content}` : content, 'utf8')
    } catch {
      return Promise.resolve(false)
    }
    return new Promise((resolve) => {
      const gone = (done: boolean) => {
        // What was sent is in the chat; here nothing of it stays for the next one on this phone.
        files.unlink({ filePath: path, complete: () => resolve(done) })
      }
      wx.shareFileMessage({ filePath: path, fileName: name, success: () => gone(true), fail: () => gone(false) })
    })
  },

  keepPicture(picture) {
    const width = KEEPSAKE_WIDTH
    const height = keepsakeHeight(picture)
    const canvas = wx.createOffscreenCanvas({ type: '2d', width, height })
    drawLines(canvas.getContext('2d') as unknown as Canvas2D, picture, width, height)
    return new Promise((resolve) => {
      wx.canvasToTempFilePath({
        canvas: canvas as unknown as WechatMiniprogram.Canvas,
        fileType: 'png',
        success: ({ tempFilePath }) =>
          wx.saveImageToPhotosAlbum({
            filePath: tempFilePath,
            success: () => resolve(true),
            fail: () => resolve(false),
          }),
        fail: () => resolve(false),
      })
    })
  },

  addToCalendar: (entry) =>
    new Promise((resolve) => {
      wx.addPhoneCalendar({
        title: entry.title,
        startTime: Math.round(entry.starts / 1000),
        endTime: String(Math.round(entry.ends / 1000)),
        location: entry.place,
        description: entry.note,
        alarmOffset: 7200,
        success: () => resolve(true),
        fail: () => resolve(false),
      })
    }),

  canRecord: true,
  record: (seconds) =>
    new Promise((resolve) => {
      const recorder = wx.getRecorderManager()
      let end: (sound: Picture | null) => void = () => undefined
      const done = new Promise<Picture | null>((told) => {
        end = told
      })
      // One recorder for the whole mini-program: the last one who asks is told.
      recorder.onStart(() => resolve({ stop: () => recorder.stop(), done }))
      recorder.onStop(({ tempFilePath, fileSize }) => end({ path: tempFilePath, size: fileSize, name: 'voice.mp3' }))
      recorder.onError(() => {
        resolve(null)
        end(null)
      })
      recorder.start({ duration: seconds * 1000, format: 'mp3', sampleRate: 16_000, numberOfChannels: 1, encodeBitRate: 48_000 })
    }),

  // WeChat reads pages aloud with the phone's own screen reader; speaking text needs a paid plug-in that this build does without.
  canSpeak: false,
  speak() {},
  hush() {},
  canDictate: false,
  dictate: () => Promise.resolve(''),

  fontScale() {
    const size = (wx.getAppBaseInfo() as { fontSizeSetting?: number }).fontSizeSetting ?? 17
    return Math.min(2, Math.max(0.85, size / 17))
  },

  headInsets() {
    const capsule = wx.getMenuButtonBoundingClientRect()
    const { windowWidth, statusBarHeight } = wx.getWindowInfo()
    return { top: statusBarHeight, right: windowWidth - capsule.left }
  },

  uuid() {
    // Math.random is what WeChat offers synchronously; an idempotency key needs to be distinct, not secret.
    return uuidFrom(Uint8Array.from({ length: 16 }, () => Math.floor(Math.random() * 256)))
  },

  start(t) {
    const updates = wx.getUpdateManager()
    updates.onUpdateReady(() => {
      wx.showModal({
        title: t('update.title'),
        content: t('update.note'),
        confirmText: t('update.now'),
        cancelText: t('update.later'),
        success: ({ confirm }) => {
          if (confirm) updates.applyUpdate()
        },
      })
    })
    askPrivacy()
  },

  setLanguage() {},
  setTitle() {},
}

function pictures(count: number, sourceType: ('album' | 'camera')[]): Promise<Picture[]> {
  return new Promise((resolve) => {
    wx.chooseMedia({
      count,
      mediaType: ['image'],
      sizeType: ['compressed'],
      sourceType,
      success: ({ tempFiles }) => Promise.all(tempFiles.map((file) => smaller(file.tempFilePath, file.size))).then(resolve),
      fail: () => resolve([]),
    })
  })
}

function smaller(path: string, size: number): Promise<Picture> {
  const name = path.split('/').pop() ?? 'photo.jpg'
  if (size <= 1.5 * 1024 * 1024) return Promise.resolve({ path, size, name })
  return new Promise((resolve) => {
    wx.compressImage({
      src: path,
      quality: 70,
      compressedWidth: 1920,
      success: ({ tempFilePath }) => resolve({ path: tempFilePath, size, name }),
      fail: () => resolve({ path, size, name }),
    })
  })
}
