import type { Picture, RecordingNow } from '../types'

export const canRecord = typeof MediaRecorder !== 'undefined' && navigator.mediaDevices !== undefined

/** Voice as the browser records it: WebM or MP4, which the service knows by its content. */
export async function record(): Promise<RecordingNow | null> {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true }).catch(() => null)
  if (!stream) return null
  const recorder = new MediaRecorder(stream, { audioBitsPerSecond: 32_000 })
  const pieces: Blob[] = []
  recorder.ondataavailable = ({ data }) => pieces.push(data)
  const done = new Promise<Picture | null>((resolve) => {
    recorder.onstop = () => {
      // The sign that says that somebody listens goes out with it.
      for (const track of stream.getTracks()) track.stop()
      const type = recorder.mimeType
      const name = type.includes('mp4') ? 'voice.m4a' : 'voice.webm'
      const file = new File(pieces, name, { type })
      resolve(file.size ? { path: URL.createObjectURL(file), size: file.size, name, file } : null)
    }
  })
  recorder.start()
  return {
    stop: () => {
      if (recorder.state !== 'inactive') recorder.stop()
    },
    done,
  }
}
