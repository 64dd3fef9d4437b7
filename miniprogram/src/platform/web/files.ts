import { createStore, del, get, set } from 'idb-keyval'
import type { Picture, Reader } from '../types'

/** Lets the person choose files; nothing when they gave up. `camera`: take a picture with that one, on a phone. */
export function chooseFiles(accept: string, count: number, camera?: 'environment'): Promise<File[]> {
  return new Promise((resolve) => {
    const input = document.createElement('input')
    input.type = 'file'
    input.accept = accept
    input.multiple = count > 1
    if (camera) input.setAttribute('capture', camera)
    input.style.display = 'none'
    input.setAttribute('aria-hidden', 'true')
    input.dataset.role = 'choose-files'
    document.body.appendChild(input)
    input.addEventListener('change', () => {
      input.remove()
      resolve(Array.from(input.files ?? []).slice(0, count))
    })
    input.click()
  })
}

export function pictureOf(file: File): Picture {
  return { path: URL.createObjectURL(file), size: file.size, name: file.name, file }
}

export async function readerOf(picture: Picture): Promise<Reader> {
  const file = picture.file
  if (!file) throw new Error('a file of the browser has its content')
  return (start, length) => file.slice(start, start + length).arrayBuffer()
}

/** Files that wait. Where nothing may be stored they are there as long as the page is. */
const store = () => createStore('warmbee', 'files')

export const keepFile = (key: string, picture: Picture): Promise<void> => set(key, picture.file, store()).catch(() => undefined)

export async function keptFile(key: string): Promise<Picture | null> {
  const file = await get<File>(key, store()).catch(() => undefined)
  return file ? pictureOf(file) : null
}

export const forgetFile = (key: string): Promise<void> => del(key, store()).catch(() => undefined)
