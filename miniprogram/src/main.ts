import { createPinia } from 'pinia'
import { createSSRApp } from 'vue'
import App from './App.vue'

/** uni-app calls this for every platform. */
export function createApp() {
  const app = createSSRApp(App)
  app.use(createPinia())
  return { app }
}
