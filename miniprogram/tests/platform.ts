import type { LocationAnswer, Picture, Platform, Reader, RecordingNow } from '@/platform/types'

/** A phone for tests: what it answers is set by the test. */
export const phone = {
  picture: null as Picture | null,
  location: { ok: false, why: 'refused' } as LocationAnswer,
  loginCode: null as string | null,
  /** What a tap on the microphone begins. */
  record: (): Promise<RecordingNow | null> => Promise.resolve(null),
  /** What is kept until it has been sent. */
  files: new Map<string, Picture>(),
}

let count = 0

export const platform = {
  kind: 'web',
  origin: '',
  early: () => null,
  holdBack: () => () => undefined,
  backSettled: () => Promise.resolve(),
  canRecord: false,
  canSpeak: false,
  canDictate: false,
  canScan: false,
  canSubscribe: false,
  loginCode: () => Promise.resolve(phone.loginCode),
  takePicture: () => Promise.resolve(phone.picture),
  record: () => phone.record(),
  locate: () => Promise.resolve(phone.location),
  fontScale: () => 1,
  setLanguage: () => undefined,
  reader: (file: Picture): Promise<Reader> => Promise.resolve((start, length) => (file.file as File).slice(start, start + length).arrayBuffer()),
  keepFile: (key: string, file: Picture) => Promise.resolve(void phone.files.set(key, file)),
  keptFile: (key: string) => Promise.resolve(phone.files.get(key) ?? null),
  forgetFile: (key: string) => Promise.resolve(void phone.files.delete(key)),
  uuid: () => `00000000-0000-4000-8000-${String((count += 1)).padStart(12, '0')}`,
} as unknown as Platform
