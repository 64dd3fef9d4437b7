import { mount } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { ref } from 'vue'
import FormField from '@/components/FormField.vue'
import { withoutOwnCases, type FieldLayout, type FormSchema } from '@/rules/form'
import { OWN_NAME } from '@/rules/identifying'
import type { Session } from '@/api/types'
import { useSession } from '@/stores/session'

const api = vi.hoisted(() => ({ myCases: vi.fn(), openToObjection: vi.fn() }))
vi.mock('@/api/cases', () => api)

const ONE = { code: 'c1', name: '张*，梅林街道，2026-11-27 起公示', area: '440304007', until: '2026-12-04T18:00:00+08:00' }

async function field(type: string, modelValue?: unknown, provided: Record<symbol, unknown> = {}) {
  const layout = { key: 'it', type, label: '哪一条' } as FieldLayout
  const wrapper = mount(FormField, { props: { field: layout, required: true, modelValue, faults: {} }, global: { provide: provided } })
  await vi.waitFor(() => expect(wrapper.text()).not.toContain('正在'))
  return wrapper
}

type Shown = Awaited<ReturnType<typeof field>>
const chosen = (wrapper: Shown) => wrapper.findAll('[role=radio]').filter((one) => one.attributes('aria-checked') === 'true').map((one) => one.text())
const button = (wrapper: Shown) => wrapper.findAll('[role=button], button').find((one) => one.text().includes('从我的事项里选'))

beforeEach(() => {
  setActivePinia(createPinia())
  vi.resetAllMocks()
  api.openToObjection.mockResolvedValue({ items: [ONE] })
  api.myCases.mockResolvedValue({ items: [{ no: 'SQ261127-0001', service_name: '反映问题', state_name: '办好了', created_at: '2026-11-27T10:00:00+08:00' }] })
})

describe('a publication', () => {
  it('is chosen from those that stand, with its street, or said in own words', async () => {
    const wrapper = await field('publication')
    const [first, own] = wrapper.findAll('[role=radio]')
    await first?.trigger('click')
    await own?.trigger('click')
    const picked = { name: ONE.name, code: ONE.code, area: ONE.area }
    expect(wrapper.emitted('update:modelValue')).toEqual([[picked], [undefined]])
    expect(wrapper.find('input').exists()).toBe(true)
  })

  it('is asked for in own words where the list cannot be read', async () => {
    api.openToObjection.mockRejectedValue(new Error('away'))
    const wrapper = await field('publication')
    expect(wrapper.text()).toContain('现在看不到公示列表')
    expect(wrapper.find('input').exists()).toBe(true)
  })

  it('keeps its name in a draft when it stands no more, beside others and alone', async () => {
    const old = { name: '李*，梅林街道，2026-11-20 起公示', code: 'c0', area: '440304007' }
    expect(chosen(await field('publication', old))).toEqual([old.name])
    api.openToObjection.mockResolvedValue({ items: [] })
    const alone = await field('publication', old)
    expect(chosen(alone)).toEqual([old.name])
    await alone.find('[role=radio]').trigger('click')
    expect(alone.emitted('update:modelValue')).toBeUndefined()
  })
})

describe('an earlier case', () => {
  const inOwnName = ref(true)

  beforeEach(() => {
    useSession().take({ token: 't', expires_at: '', profiles: 1, worker: { id: 'w', level: 'L1' } } as unknown as Session)
  })

  it('is chosen from those of whoever sends in their own name', async () => {
    const wrapper = await field('own_case', '', { [OWN_NAME as symbol]: inOwnName })
    await button(wrapper)?.trigger('click')
    await vi.waitFor(() => expect(wrapper.text()).toContain('SQ261127-0001'))
    await wrapper.find('[role=radio]').trigger('click')
    expect(wrapper.emitted('update:modelValue')).toEqual([['SQ261127-0001']])
  })

  it('is only typed by whom nobody is to know, and where it is about somebody else', async () => {
    for (const provided of [{ [OWN_NAME as symbol]: ref(false) }, {}]) {
      const wrapper = await field('own_case', '', provided)
      expect(button(wrapper)).toBeUndefined()
      expect(wrapper.find('input').exists()).toBe(true)
    }
  })

  it('goes out of the answers with the name, also where it is not asked for now', () => {
    const earlier: FieldLayout = { key: 'earlier', type: 'own_case', label: '哪一件', visible_if: [{ topic: ['retaliation'] }] }
    const form: FormSchema = { properties: {}, 'x-layout': { sections: [{ key: 'what', title: '什么事', fields: [earlier] }] } }
    expect(withoutOwnCases(form, { topic: 'pay', earlier: 'SQ261127-0001' })).toEqual({ topic: 'pay' })
  })
})

it('a question that this version does not know says so instead of standing without a control', async () => {
  expect((await field('of-tomorrow')).text()).toContain('要更新小程序才能填')
})
