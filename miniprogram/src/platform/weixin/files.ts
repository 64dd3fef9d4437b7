import { keep, kept, forget } from '../keep'
import type { Picture, Reader } from '../types'

export async function readerOf(picture: Picture): Promise<Reader> {
  const files = wx.getFileSystemManager()
  return (position, length) =>
    new Promise((resolve, reject) => {
      files.readFile({
        filePath: picture.path,
        position,
        length,
        success: ({ data }) => resolve(data as ArrayBuffer),
        fail: ({ errMsg }) => reject(new Error(errMsg)),
      })
    })
}

/** WeChat throws away what was chosen when it is closed; a saved file stays. */
export function keepFile(key: string, picture: Picture): Promise<void> {
  const path = `${wx.env.USER_DATA_PATH}/parcel-${key}`
  return new Promise((resolve) => {
    wx.getFileSystemManager().copyFile({
      srcPath: picture.path,
      destPath: path,
      success: () => {
        keep(`file.${key}`, { path, size: picture.size, name: picture.name } satisfies Picture)
        resolve()
      },
      // No room: it is sent as long as the page is there.
      fail: () => resolve(),
    })
  })
}

export const keptFile = (key: string): Promise<Picture | null> => Promise.resolve(kept<Picture>(`file.${key}`) ?? null)

export function forgetFile(key: string): Promise<void> {
  const picture = kept<Picture>(`file.${key}`)
  forget(`file.${key}`)
  if (!picture) return Promise.resolve()
  return new Promise((resolve) => {
    wx.getFileSystemManager().unlink({ filePath: picture.path, complete: () => resolve() })
  })
}

export function chooseVideo(): Promise<Picture | null> {
  return new Promise((resolve) => {
    wx.chooseMedia({
      count: 1,
      mediaType: ['video'],
      maxDuration: 30,
      sizeType: ['compressed'],
      success: ({ tempFiles: [file] }) =>
        resolve(file ? { path: file.tempFilePath, size: file.size, name: file.tempFilePath.split('/').pop() ?? 'video.mp4' } : null),
      fail: () => resolve(null),
    })
  })
}
