import type { Key } from '@/texts/say'

/** What differs between WeChat and the browser. Pages and stores know only this; the build chooses the one behind `#platform`. */

export interface Place {
  lat: number
  lng: number
  /** Datum of the numbers: WeChat gives GCJ-02 on request, a browser gives WGS-84. */
  datum: 'gcj02' | 'wgs84'
  /** Metres, if the device says. */
  accuracy?: number
  /** Metres a second, if the device says. */
  speed?: number
}

export type LocationAnswer = { ok: true; place: Place } | { ok: false; why: 'refused' | 'unavailable' }

export type SubscribeAnswer = Record<string, 'accept' | 'reject'>

export interface Picture {
  /** A path or object URL that an upload and an <image> can use. */
  path: string
  size: number
  name: string
  /** In the browser: the content itself. Its object URL could not be read back for sending, the page's policy forbids it. */
  file?: File
}

/** Reads a stretch of a file. */
export type Reader = (start: number, length: number) => Promise<ArrayBuffer>

/** One block of lines under a heading, drawn as a picture to keep (receipt, anonymous secret). */
export interface KeepsakePicture {
  title: string
  lines: { label: string; value: string }[]
  foot: string
  fileName: string
}

/** A recording under way. `done` resolves to the sound, or to null when there is none. */
export interface RecordingNow {
  stop(): void
  done: Promise<Picture | null>
}

export interface TextFile {
  /** With its ending. */
  name: string
  kind: 'txt' | 'json'
  content: string
}

export interface Platform {
  readonly kind: 'weixin' | 'web'
  /** Origin of the service, without a trailing slash; empty means "where this page came from". */
  readonly origin: string
  /** The body of a good answer to a request that the page made before its scripts were here; null for every other one. */
  early(url: string): Promise<string | null> | null
  /** A one-time code for `POST /sessions`, or null where signing in cannot be silent. */
  loginCode(): Promise<string | null>
  /** `exact`: as well as the device can, which takes longer. */
  locate(exact?: boolean): Promise<LocationAnswer>
  /** Lets the person choose a place on a map, null if there is no such thing here or nothing was chosen. */
  choosePlace(): Promise<(Place & { name: string }) | null>
  /** Opens turn-by-turn navigation in whatever app is there. Coordinates are GCJ-02. */
  navigate(to: { lat: number; lng: number; name: string; address: string }): void
  readonly canScan: boolean
  /** Text of a code, null when the person gave up. */
  scan(): Promise<string | null>
  readonly canSubscribe: boolean
  subscribe(templates: string[]): Promise<SubscribeAnswer>
  call(phone: string): void
  /** Shows or plays what is behind a short-lived link; `close` is the word on the button that ends it. */
  showFile(address: string, mediaType: string, close: string): Promise<boolean>
  copy(text: string): Promise<boolean>
  /** Opens the camera; null when no picture was taken. */
  takePicture(): Promise<Picture | null>
  /** `papers`: documents too, where they can be chosen. */
  choosePictures(count: number, papers?: boolean): Promise<Picture[]>
  /** A film of half a minute at most, null when nothing was taken. */
  chooseVideo(): Promise<Picture | null>
  reader(file: Picture): Promise<Reader>
  /** Keeps a file on the phone until it has been sent, also when the page is closed. */
  keepFile(key: string, file: Picture): Promise<void>
  keptFile(key: string): Promise<Picture | null>
  forgetFile(key: string): Promise<void>
  /** Hands over a file: downloaded in a browser, sent to a chat of one's own in WeChat, which keeps none. False when nothing was taken. */
  saveFile(file: TextFile): Promise<boolean>
  /** Saves a picture of the lines; resolves to false when it was refused. */
  keepPicture(picture: KeepsakePicture): Promise<boolean>
  /** Hands over an appointment; resolves to false when refused. Times are epoch milliseconds. */
  addToCalendar(entry: { title: string; place: string; starts: number; ends: number; note: string }): Promise<boolean>
  readonly canRecord: boolean
  /** Begins to record voice, for so many seconds at most; null when the microphone was refused or there is none. */
  record(seconds: number): Promise<RecordingNow | null>
  readonly canSpeak: boolean
  /** Reads aloud, or falls silent when already reading. */
  speak(text: string, locale: string): void
  hush(): void
  readonly canDictate: boolean
  /** Speech to text; resolves to an empty string when nothing was heard. */
  dictate(locale: string): Promise<string>
  /** Size of text that the person set in the system, as a factor of the usual one. */
  fontScale(): number
  /** Free space beside WeChat's own buttons in the head, pixels. */
  headInsets(): { top: number; right: number }
  /** The phone's back button calls `close` instead of leaving the page. Returns what is to be called once it is closed. */
  holdBack(close: () => void): () => void
  /** Answers the question that is open (`navigation.ask`) with no. */
  sayNo(): void
  /** When a page can be left. */
  backSettled(): Promise<void>
  /** Random id of version 4, for idempotency keys and the report device. */
  uuid(): string
  /** Things to be done once at the start (update manager, privacy hook, keyboard). `t` says the words of the page. */
  start(t: (key: Key) => string): void
  /** Marks the page's language for the browser. */
  setLanguage(locale: string): void
  setTitle(title: string): void
}
