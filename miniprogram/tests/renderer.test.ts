import { mount } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it } from 'vitest'
import FormRenderer from '@/components/FormRenderer.vue'
import { computed } from 'vue'
import { FILES_FOR } from '@/rules/filing'
import type { Answers, FormSchema } from '@/rules/form'

const schema: FormSchema = {
  properties: { matter: {}, wages: {}, text: {} },
  'x-layout': {
    sections: [
      {
        key: 'what',
        title: '什么事',
        fields: [
          { key: 'matter', type: 'choice', label: '出了什么事', required: true, choices: [{ value: 'wages', label: '欠我钱' }, { value: 'other', label: '其他' }] },
          { key: 'text', type: 'long_text', label: '说说经过', required: true },
          {
            key: 'wages',
            type: 'rows',
            label: '每个月的工钱',
            visible_if: [{ matter: ['wages'] }],
            fields: [
              { key: 'agreed', type: 'money', label: '应该给', required: true },
              { key: 'paid', type: 'money', label: '给了', required: true },
            ],
          },
        ],
      },
    ],
  },
}

function form(answers: Answers, faults: Record<string, string> = {}) {
  const wrapper = mount(FormRenderer, {
    props: { schema, modelValue: answers, faults, 'onUpdate:modelValue': (value: Answers) => wrapper.setProps({ modelValue: value }) },
  })
  return wrapper
}

const joining: FormSchema = {
  properties: { people: { minimum: 1 }, work_area: {}, employer: {}, statement: {} },
  'x-layout': {
    sections: [
      {
        key: 'join',
        title: '入会',
        fields: [
          { key: 'identity', type: 'identity', label: '已经认证过的姓名' },
          { key: 'people', type: 'integer', label: '家里几口人', required: true },
          { key: 'employer', type: 'organisation', label: '单位' },
          { key: 'statement', type: 'signature', label: '我自愿加入', required: true },
        ],
      },
    ],
  },
}

beforeEach(() => setActivePinia(createPinia()))

describe('the form on the page', () => {
  it('asks the next question when the answer before calls for it', async () => {
    const page = form({})
    expect(page.text()).not.toContain('每个月的工钱')
    await page.findAll('.choice')[0]?.trigger('click')
    expect(page.props('modelValue')).toEqual({ matter: 'wages' })
    expect(page.text()).toContain('每个月的工钱')
  })

  it('gives every control a role and a name', () => {
    const page = form({ matter: 'wages' })
    for (const choice of page.findAll('.choice')) expect(choice.attributes('role')).toBe('radio')
    expect(page.find('.choices').attributes('aria-label')).toBe('出了什么事')
    expect(page.find('textarea').attributes('aria-label')).toBe('说说经过')
  })

  it('puts the service’s words beside the cell they are about', () => {
    const page = form({ matter: 'wages', wages: [{}, {}] }, { 'wages.1.paid': '请写金额' })
    const rows = page.findAll('.askrow')
    expect(rows[0]?.text()).not.toContain('请写金额')
    expect(rows[1]?.text()).toContain('请写金额')
  })

  it('adds up what is owed, month by month', () => {
    const page = form({ matter: 'wages', wages: [{ agreed: 600_000, paid: 450_000 }, { agreed: 100, paid: 900_000 }] })
    expect(page.text()).toContain('合计欠 1,500 元')
  })

  it('adds and removes rows', async () => {
    const page = form({ matter: 'wages' })
    await page.findAll('.btn').find((button) => button.text() === '加一行')?.trigger('click')
    expect(page.props('modelValue')).toEqual({ matter: 'wages', wages: [{}] })
    await page.findAll('.btn').find((button) => button.text() === '删掉这行')?.trigger('click')
    expect(page.props('modelValue')).toEqual({ matter: 'wages', wages: [] })
  })
})

describe('a form that is signed', () => {
  it('takes a tick and a name together', async () => {
    const wrapper = mount(FormRenderer, {
      props: { schema: joining, modelValue: {}, faults: {}, 'onUpdate:modelValue': (value: Answers) => wrapper.setProps({ modelValue: value }) },
    })
    await wrapper.find('.sign').trigger('click')
    expect(wrapper.props('modelValue')).toEqual({ statement: { name: '', agreed: true } })
    expect(wrapper.find('.sign').attributes('aria-checked')).toBe('true')
    expect(wrapper.text()).toContain('还没有实名认证')
  })
})

describe('a question that is answered with files', () => {
  const asking: FormSchema = {
    properties: {},
    'x-layout': { sections: [{ key: 'proof', title: '证据', fields: [{ key: 'slips', type: 'file', label: '工资条', kinds: ['image'], most: 3 }] }] },
  }
  const files = [{ id: 'a', name: '第一张.jpg' }, { id: 'b', name: '第二张.jpg' }]

  function asked(already: Record<string, number> = {}) {
    const where = computed(() => ({ place: 'draft', anonymous: false, already }))
    const wrapper = mount(FormRenderer, {
      props: { schema: asking, modelValue: { slips: files } as Answers, faults: {}, 'onUpdate:modelValue': (value: Answers) => wrapper.setProps({ modelValue: value }) },
      global: { provide: { [FILES_FOR as symbol]: where } },
    })
    return wrapper
  }

  it('shows its files in an order that can be changed, and takes one away', async () => {
    const page = asked()
    await page.find('[aria-label="把 第二张.jpg 往上移"]').trigger('click')
    expect(page.props('modelValue')).toEqual({ slips: [files[1], files[0]] })
    const remove = page.findAll('.btn').filter((button) => button.text() === '删掉')
    await remove[0]?.trigger('click')
    expect(page.props('modelValue')).toEqual({ slips: [files[0]] })
  })

  it('counts those that the case has already', () => {
    expect(asked().text()).toContain('加照片')
    const full = asked({ slips: 1 })
    expect(full.text()).toContain('已经交了 1 个')
    expect(full.text()).not.toContain('加照片')
  })
})
