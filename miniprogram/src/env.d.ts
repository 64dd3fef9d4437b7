/// <reference types="vite/client" />

interface ImportMetaEnv {
  /** Address of the service for the WeChat build, e.g. https://example.gov.cn ; the web page always talks to where it came from. */
  readonly VITE_API_ORIGIN?: string
}

declare module '*.vue' {
  import type { DefineComponent } from 'vue'
  const component: DefineComponent<object, object, unknown>
  export default component
}
