import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { h, inject, ref, type Component, type Ref, type Slots } from 'vue'
import { flushPromises, mount } from '@vue/test-utils'
import { ApiError } from '@/api/problem'
import type { ServiceDetail } from '@/api/types'
import Call from '@/cases/call/call.vue'
import Change from '@/cases/change/change.vue'
import Form from '@/cases/form/form.vue'
import Hazard from '@/cases/hazard/hazard.vue'
import AppButton from '@/components/AppButton.vue'
import HazardQueue from '@/components/HazardQueue.vue'
import TextField from '@/components/TextField.vue'
import { useRecording } from '@/composables/recording'
import type { Picture } from '@/platform'
import { OWN_NAME } from '@/rules/identifying'
import type { FieldLayout } from '@/rules/form'
import { saveDraft } from '@/stores/drafts'
import { useHazards, type NewHazard } from '@/stores/hazards'
import { useParcels } from '@/stores/parcels'
import { phone } from './platform'

const cases = vi.hoisted(() => ({ openCase: vi.fn(), service: vi.fn(), caseOf: vi.fn(), act: vi.fn() }))
const uploads = vi.hoisted(() => ({ sendFile: vi.fn(), coverSpots: vi.fn() }))
const navigation = vi.hoisted(() => ({ ask: vi.fn(), back: vi.fn(), instead: vi.fn(), say: vi.fn(), scrollTo: vi.fn() }))
const loads = vi.hoisted(() => [] as ((query: Record<string, string>) => void)[])
vi.mock('@/api/cases', () => cases)
vi.mock('@/api/uploads', () => uploads)
vi.mock('@/api/account', () => ({ ownPhone: vi.fn(), openSession: vi.fn(), closeSession: vi.fn(), getMe: vi.fn() }))
vi.mock('@/navigation', () => navigation)
vi.mock('@dcloudio/uni-app', () => ({ onLoad: (load: () => void) => loads.push(load), onShow: vi.fn(), onHide: vi.fn(), onUnload: vi.fn() }))

const sound: Picture = { path: 'blob:v', size: 9, name: 'voice.webm', file: new File(['x'], 'voice.webm') }
let inOwnName: Ref<boolean>
const FormStub = {
  name: 'FormRenderer',
  props: ['modelValue'],
  setup() {
    inOwnName = inject(OWN_NAME, ref(false))
    return () => null
  },
}
const Shell = { setup: (_: unknown, { slots }: { slots: Slots }) => () => h('view', [slots.default?.(), slots.action?.()]) }

/** The page as it was opened, with none of what its parts are made of. */
async function page(of: Component, query: Record<string, string> = {}) {
  const wrapper = mount(of, { shallow: true, global: { stubs: { PageShell: Shell, FormRenderer: FormStub } } })
  for (const load of loads.splice(0)) load(query)
  await flushPromises()
  const send = async () => {
    wrapper.findAllComponents(AppButton).find((button) => button.attributes('icon') === 'ti:send' || button.attributes('icon') === 'ti:phone-incoming')?.vm.$emit('press')
    await flushPromises()
  }
  return { wrapper, send }
}

function service(fields: FieldLayout[], more: Partial<ServiceDetail> = {}) {
  const form = { properties: {}, 'x-layout': { sections: [{ key: 'all', title: '什么事', fields }] } }
  cases.service.mockResolvedValue({ key: 'any', name: '随便', open: true, consents: [], modes: [], form, ...more })
}

const OWN_CASE: FieldLayout = { key: 'case', type: 'own_case', label: '哪一件' }

beforeEach(() => {
  setActivePinia(createPinia())
  vi.resetAllMocks()
  phone.files.clear()
  uploads.sendFile.mockRejectedValue(new ApiError('offline'))
  service([])
})

describe('骑手秒报', () => {
  const marked = (text: string, files: NewHazard['files']) =>
    useHazards().add({ kind: null, spot: null, danger: false, text, seenAt: new Date().toISOString(), nameless: true, unfinished: true, files })
  const words = (wrapper: Awaited<ReturnType<typeof page>>['wrapper']) => wrapper.findComponent(TextField)

  it('shows of two marks that are tapped one after the other nothing but the second', async () => {
    await marked('甲', [{ ...sound, name: 'hole.jpg' }])
    await marked('乙', [{ ...sound, seconds: 4 }])
    const { wrapper } = await page(Hazard)
    for (const one of useHazards().unfinished) wrapper.findComponent(HazardQueue).vm.$emit('complete', one)
    await flushPromises()
    expect(words(wrapper).props('modelValue')).toBe('乙')
    expect(wrapper.find('.shot').exists()).toBe(false)
  })

  it('asks before a mark takes the place of what was written here, not of what another mark holds', async () => {
    await marked('甲', [])
    await marked('乙', [sound])
    const [first, second] = useHazards().unfinished
    const { wrapper } = await page(Hazard)
    const complete = async (one: typeof first) => {
      wrapper.findComponent(HazardQueue).vm.$emit('complete', one!)
      await flushPromises()
    }
    words(wrapper).vm.$emit('update:modelValue', '新写的')
    navigation.ask.mockResolvedValueOnce(false).mockResolvedValueOnce(true)
    await complete(first)
    expect(words(wrapper).props('modelValue')).toBe('新写的')
    await complete(first)
    expect(words(wrapper).props('modelValue')).toBe('甲')
    await complete(second)
    await complete(first)
    expect(words(wrapper).props('modelValue')).toBe('甲')
    expect(navigation.ask).toHaveBeenCalledTimes(2)
  })
})

describe('改填写的', () => {
  const found = (identity_mode: string) => ({ service: 'any', answers: {}, attachments: [], identity_mode })

  it('takes what is still being said along', async () => {
    let stop = () => undefined as void
    const done = new Promise<Picture>((end) => (stop = () => end(sound)))
    phone.record = () => Promise.resolve({ done, stop: () => stop() })
    cases.caseOf.mockResolvedValue(found('named'))
    const { send } = await page(Change, { no: 'SQ1' })
    mount({
      setup() {
        void useRecording(60, (voice) => voice !== 'refused' && useParcels().add('change-SQ1', voice, false, 'told')).record()
        return () => null
      },
    })
    await flushPromises()
    await send()
    expect(useParcels().forCase('SQ1')).toMatchObject([{ field: 'told' }])
  })

  it('offers other cases only where the case names its sender', async () => {
    for (const [mode, is] of [['named', true], ['confidential', false]] as const) {
      cases.caseOf.mockResolvedValue(found(mode))
      await page(Change, { no: 'SQ1' })
      expect(inOwnName.value).toBe(is)
    }
  })
})

describe('请打给我', () => {
  it('names the case only to a service that asks which one', async () => {
    for (const [fields, sent] of [[[OWN_CASE], 'SQ1'], [[], undefined]] as const) {
      service([...fields])
      cases.openCase.mockResolvedValue({ no: 'HD1' })
      const { wrapper, send } = await page(Call, { no: 'SQ1', about: '工资' })
      wrapper.findAllComponents(TextField)[0]?.vm.$emit('update:modelValue', '13800000000')
      await send()
      const { answers } = cases.openCase.mock.lastCall?.[0] as { answers: Record<string, string> }
      expect([answers.phone, answers.case]).toEqual(['13800000000', sent])
      expect(wrapper.text().includes('SQ1')).toBe(sent !== undefined)
    }
  })
})

describe('a form', () => {
  it('that no longer takes the name of who wrote a draft takes no case of theirs from it', async () => {
    for (const offered of [['named', 'anonymous'], ['anonymous'], ['confidential', 'anonymous']]) {
      service([OWN_CASE], { modes: offered.map((mode) => ({ mode, name: mode, explain: '', level: 'L0', preselected: false })) as unknown as ServiceDetail['modes'] })
      saveDraft({ id: 'd1', owner: null, service: 'any', title: '', answers: { topic: 'pay', case: 'SQ1' }, identityMode: 'named', consents: {}, attachments: [], sendKey: 'k', savedAt: Date.now() })
      const { wrapper } = await page(Form, { key: 'any' })
      expect(wrapper.findComponent(FormStub).props('modelValue')).toEqual({ topic: 'pay', ...(offered[0] === 'named' ? { case: 'SQ1' } : {}) })
      wrapper.unmount()
    }
  })
})
