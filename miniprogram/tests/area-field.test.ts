import { mount } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import FormField from '@/components/FormField.vue'
import type { FieldLayout } from '@/rules/form'

const unions = vi.hoisted(() => ({ areas: vi.fn() }))
vi.mock('@/api/unions', () => unions)

const FIELD = { key: 'street', type: 'area', label: '在哪个街道' } as FieldLayout

async function field(required: boolean, modelValue?: string) {
  const wrapper = mount(FormField, { props: { field: FIELD, required, modelValue, fault: '', faults: {} } as never })
  await vi.waitFor(() => expect(wrapper.text()).toContain('福田区'))
  return wrapper
}

const button = (wrapper: Awaited<ReturnType<typeof field>>) => wrapper.findAll('[role=button], button').find((one) => one.text().includes('不选了'))

describe('a street that may be left open', () => {
  beforeEach(() => {
    setActivePinia(createPinia())
    unions.areas.mockResolvedValue({ items: [{ code: '440304', name: '福田区', streets: [{ code: '440304011', name: '华强北', communities: [] }] }] })
  })

  it('is left open again, its district too', async () => {
    const wrapper = await field(false, '440304011')
    await button(wrapper)?.trigger('click')
    expect(wrapper.emitted('update:modelValue')).toEqual([[undefined]])
    await wrapper.setProps({ modelValue: undefined })
    expect(wrapper.text()).not.toContain('华强北')
    expect(button(wrapper)).toBeUndefined()
  })

  it('has nothing to leave while nothing is chosen, nor where it is needed', async () => {
    expect(button(await field(false))).toBeUndefined()
    expect(button(await field(true, '440304011'))).toBeUndefined()
  })
})
