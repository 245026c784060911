/** What a person does in the page, over the fixture: by keyboard, through failures, and back again. */
import { expect, test } from '@playwright/test'
import { openBoth, openModel, startTraining, withoutPicker } from '../../ui/reach.ts'
import { overFixture } from './over-fixture.ts'

const open = overFixture()

test('the main action of every room is reached by Tab alone', async ({ page }) => {
  const actions = [
    ['model', 'Choose a folder'],
    ['data', 'Choose a file'],
    ['train', 'Start training'],
    ['try', 'What to ask'],
    ['keep', 'Try this'],
  ] as const
  for (const [room, name] of actions) {
    await page.goto(open('shelf', room))
    await page.reload()
    if (room !== 'model' && room !== 'data') await openBoth(page)
    const target = room === 'try' ? page.getByLabel(name) : page.getByRole('button', { name }).first()
    await expect(target).toBeEnabled()
    let reached = false
    for (let presses = 0; presses < 30 && !reached; presses++) {
      await page.keyboard.press('Tab')
      reached = await target.evaluate((element) => element === document.activeElement)
    }
    expect(reached, `${name} in ${room}`).toBe(true)
  }
})

test('F55 a learning rate of 0 and a warmup as long as the run are refused in words, and nothing can start', async ({ page }) => {
  await page.goto(open('empty', 'train'))
  await openBoth(page)
  const start = page.getByRole('button', { name: 'Start training' })
  await expect(start).toBeEnabled()
  await page.getByRole('button', { name: /^Settings/ }).click()
  await page.getByLabel('How fast it learns').fill('0')
  await expect(page.getByText('At 0 the adapter would learn nothing.')).toBeVisible()
  await expect(start).toBeDisabled()
  await page.getByLabel('How fast it learns').fill('2e-4')
  await expect(start).toBeEnabled()
  await page.getByLabel('Updates to get up to speed').fill('300')
  await expect(page.getByText('The run has 300 steps: warm up over fewer than that.')).toBeVisible()
  await expect(start).toBeDisabled()
})

test('a model with an encoder has no template to write, no text to go on from, and no export as ONNX, and the page says so', async ({ page }) => {
  await page.goto(open('encoder', 'data'))
  await openBoth(page)
  await expect(page.getByText('reads an input with its encoder')).toBeVisible()
  await expect(page.getByRole('heading', { name: 'How a pair is written' })).toHaveCount(0)
  await page.goto(open('encoder', 'try'))
  await expect(page.getByText('It reads one input and writes one output. So each question stands alone')).toBeVisible()
  await expect(page.getByRole('radio', { name: 'Go on writing' })).toHaveCount(0)
  await page.goto(open('encoder', 'keep'))
  await page.getByRole('button', { name: 'Export' }).first().click()
  await expect(page.getByText('is not written as ONNX yet')).toBeVisible()
  for (const form of [/transformers.js/, /GGUF/, /Adapter for MLX/]) await expect(page.getByRole('radio', { name: form })).toBeDisabled()
  await expect(page.getByRole('radio', { name: /Whole model/ })).toBeEnabled()
})

test('a run is followed, paused, gone on with, stopped, and tried', async ({ page }) => {
  await page.goto(open('empty', 'train'))
  await startTraining(page, 40)
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Learning “pirate”')
  await page.getByRole('button', { name: 'Pause' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Paused at step 40')
  await page.getByRole('button', { name: 'One step' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Paused at step 41')
  await page.getByRole('button', { name: 'Resume' }).click()
  await page.evaluate(() => window.homespun.fixture.advance(60))
  await expect(page.getByRole('img', { name: /Training loss from 3\.\d+ to/ })).toBeVisible()
  await page.getByRole('button', { name: 'Stop and keep' }).click()
  await expect(page.getByText(/You stopped it: 60 steps/)).toBeVisible()
  await page.getByRole('button', { name: 'Try it' }).click()
  await page.getByLabel('What to ask').fill('Where is the dog?')
  await page.keyboard.press('Enter')
  await expect(page.getByText('It will be sunny')).toBeVisible()
  await expect(page.getByText('Arr, a fair sun')).toBeVisible()
})

test('the losses can be looked at more closely, and beside an earlier run', async ({ page }) => {
  await page.goto(open('shelf', 'train'))
  await startTraining(page, 200)
  const card = page.locator('section', { has: page.getByRole('heading', { name: 'Loss' }) })
  const chart = card.getByRole('img')
  await card.getByLabel(/^Another run beside it/).click()
  const other = page.getByRole('option').nth(1)
  const name = (await other.innerText()).replace('beside ', '')
  await other.click()
  await expect(chart).toHaveAccessibleName(new RegExp(`Beside it ${name}, which ended at`))
  const { x, y, width } = (await chart.boundingBox())!
  await page.mouse.move(x + width / 3, y + 60)
  await expect(card).toContainText(/at step \d+.*training\s*\d\.\d\d.*unseen pairs\s*\d\.\d\d/s)
  await card.getByRole('button', { name: `Take ${name} away` }).press('Enter')
  await expect(chart).not.toHaveAccessibleName(/Beside it/)
  await expect(card.getByLabel(/^Another run beside it/)).toBeFocused()
  await page.mouse.move(x + width / 2, y + 60)
  await page.mouse.down()
  await page.mouse.move(x + width * 0.7, y + 60, { steps: 4 })
  await page.mouse.up()
  await expect(card.getByLabel(/^Look at: steps 1\d\d to \d+/)).toBeVisible()
  await card.getByLabel(/^Look at/).press('Enter')
  await page.getByRole('option', { name: 'the whole run' }).click()
  await expect(card.getByLabel('Look at: the whole run')).toBeFocused()
})

test('what it says on the way can be looked back at, and what changed in a layer looked into', async ({ page }) => {
  await page.goto(open('empty', 'train'))
  await openBoth(page)
  await page.getByLabel('What to ask on the way').fill('What will the weather be?')
  await page.getByRole('button', { name: 'Start training' }).click()
  await page.evaluate(() => window.homespun.fixture.advance(150))
  await expect(page.getByText('Aye, the weather be sunny')).toBeVisible()
  await expect(page.getByText(/each token \d+ % likely, 3\.\d % at first/)).toBeVisible()
  const losses = page.locator('section', { hasText: 'Row by row' }).getByRole('listitem')
  await expect(losses).toHaveCount(3)
  await expect(losses.first()).toContainText('row 21')
  await page.getByRole('button', { name: 'Easiest first' }).click()
  await expect(losses.first()).toContainText('row 3')
  await page.getByLabel('Look back').focus()
  await page.keyboard.press('Home')
  await expect(page.getByText('after step 0')).toBeVisible()
  await expect(page.getByText('Aye, the weather be sunny')).toBeHidden()
  await page.getByRole('button', { name: /^layer 6, q_proj: \d/ }).click()
  await expect(page.getByText('Rows of the matrix that moved most, each one output of the layer: 211')).toBeVisible()
  await page.evaluate(() => window.homespun.fixture.advance(300))
  await page.evaluate(() => window.homespun.fixture.end('finished'))
  await expect(page.locator('.answer.tuned').first()).toContainText('Arr, a fair sun')
})

test('a file of the person’s own is no lesson, though it has the name of one', async ({ page }) => {
  await page.goto(open('first-visit', 'data'))
  await expect(page.getByRole('button', { name: 'Teach it this: Talk like a pirate' })).toBeEnabled()
  await page.evaluate(() => window.homespun.workshop.dataset.open(new File(['{"input": "Hm?", "output": "Arr."}'], 'pirate.jsonl')))
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(/^\d+ pairs?, /)
  const note = page.getByText('Talk like a pirate.')
  await expect(note).toHaveCount(0)
  await page.evaluate(() => window.homespun.workshop.openLesson(window.homespun.workshop.lessons.all[0]!))
  await expect(note).toBeVisible()
})

test('a run that learns its rows by heart says since when, while it goes on and at its end', async ({ page }) => {
  await page.goto(open('by-heart', 'train'))
  await startTraining(page, 75)
  await expect(page.getByText(/^75\s\/ 300$/)).toBeVisible()
  const note = page.locator('section > p').filter({ hasText: 'by heart' })
  await expect(note).toHaveCount(0)
  await page.evaluate(() => window.homespun.fixture.advance(150))
  await expect(note).toContainText('lowest at step 75, at 1.44, and has risen since, while the training loss fell')
  await page.getByRole('button', { name: 'Stop and keep' }).click()
  await expect(page.getByText('It understood, and then began to remember.')).toBeVisible()
})

for (const width of [1280, 360]) {
  test(`where "Start training" was, a second click stops nothing, ${width} px wide`, async ({ page }) => {
    await page.setViewportSize({ width, height: 780 })
    await page.goto(open('empty', 'train'))
    await openBoth(page)
    const start = page.getByRole('button', { name: 'Start training' })
    await expect(start).toBeEnabled()
    const was = await start.boundingBox()
    await start.dblclick()
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(/^(Learning|Paused|Pausing)/)
    const stop = await page.getByRole('button', { name: 'Stop and keep' }).boundingBox()
    if (!was || !stop) throw new Error('a button is not there')
    const apart = stop.x >= was.x + was.width || stop.x + stop.width <= was.x
    expect(apart, `Start from ${was.x} on, ${was.width} wide; Stop from ${stop.x} on, ${stop.width} wide`).toBe(true)
  })
}

test('a double click on the way to Train does not start the run', async ({ page }) => {
  await page.goto(open('empty', 'train'))
  await openBoth(page)
  await expect(page.getByRole('button', { name: 'Start training' })).toBeEnabled()
  await page.locator('nav a[href="#data"]').click()
  await page.getByRole('link', { name: 'Go to Train' }).dblclick()
  await expect(page.getByRole('button', { name: 'Start training' })).toBeVisible()
})

test('the rail ticks a room once what it is for is there, and no sooner', async ({ page }) => {
  const done = () => page.locator('nav a:has(.done) .name').allInnerTexts()
  await page.goto(open('empty', 'train'))
  await openBoth(page)
  expect(await done()).toEqual(['Model', 'Data'].map((name) => expect.stringContaining(name)))
  await startTraining(page, 40)
  await page.getByRole('button', { name: 'Stop and keep' }).click()
  await expect(page.getByRole('button', { name: 'Try it' })).toBeVisible()
  await expect.poll(done).toEqual(['Model', 'Data', 'Train', 'Keep'].map((name) => expect.stringContaining(name)))
  await page.getByRole('button', { name: 'Try it' }).click()
  await page.getByLabel('What to ask').fill('Where is the dog?')
  await page.keyboard.press('Enter')
  await expect(page.getByText('Arr, a fair sun')).toBeVisible()
  await expect.poll(done).toEqual(['Model', 'Data', 'Train', 'Try', 'Keep'].map((name) => expect.stringContaining(name)))
  await page.locator('nav a[href="#keep"]').click()
  await page.getByRole('button', { name: 'Delete' }).click()
  await expect.poll(done).not.toContainEqual(expect.stringContaining('Keep'))
})

test('an axis of the chart stays where it was while steps come in', async ({ page }) => {
  await page.goto(open('empty', 'train'))
  await startTraining(page, 5)
  await expect(page.locator('.u-over')).toBeVisible()
  const place = () => page.locator('.u-over').boundingBox()
  const before = await place()
  await page.evaluate(() => window.homespun.fixture.advance(200))
  await expect(page.getByText(/^200\s\/ 300$/)).toBeVisible()
  expect(await place()).toEqual(before)
})

test('F96 a run left unfinished is offered on return, and goes on once model and data are open', async ({ page }) => {
  await page.goto(open('unfinished', 'model'))
  await expect(page.getByText('A training run from your last visit was not finished.')).toBeVisible()
  await page.getByRole('button', { name: 'Go to Train' }).click()
  await expect(page.getByText('To go on, open the model Thimble-4M again.')).toBeVisible()
  await openBoth(page)
  await expect(page.getByText('It was begun with the weights in int8, and goes on with no others.')).toBeVisible()
  await page.getByRole('button', { name: 'Open the model in int8' }).click()
  await page.getByRole('button', { name: 'Go on from step 148' }).click()
  await page.evaluate(() => window.homespun.fixture.advance(149))
  await expect(page.getByText(/^149\s\/ 300$/)).toBeVisible()
})

test('a failure is told as what, where and what to do, without a stack', async ({ page }) => {
  await page.goto(open('model-error', 'model'))
  await openModel(page)
  const note = page.getByRole('alert')
  await expect(note).toContainText('MambaForCausalLM')
  await expect(note).toContainText('config.json, architectures')
  await expect(note).toContainText('Choose a model of the Llama family.')
  await expect(note).not.toContainText('at ')
})

test('F97 a worker that fails is told, with a way on', async ({ page }) => {
  await page.goto(open('empty', 'data'))
  await expect(page.getByText('WebGPU on Apple M2')).toBeVisible()
  await page.evaluate(() => window.homespun.crash())
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('The engine has stopped')
  await expect(page.getByRole('button', { name: 'Reload the page' })).toBeVisible()
})

test('F71 a lost device is told wherever the person is, and leads to the run', async ({ page }) => {
  await page.goto(open('empty', 'keep'))
  await openBoth(page)
  await page.evaluate(() => window.homespun.fixture.loseDevice(true))
  await expect(page.getByText('The GPU was lost')).toBeVisible()
  await page.getByRole('button', { name: 'Go to Train' }).click()
  await expect(page).toHaveURL(/#train$/)
})

test('F98 what comes after Stop is not shown', async ({ page }) => {
  await page.goto(open('shelf', 'try'))
  await openBoth(page)
  await page.evaluate(() => (window.homespun.fixture.holdAnswers = true))
  await page.getByLabel('What to ask').fill('Hm?')
  await page.getByRole('button', { name: 'Ask both' }).click()
  await expect(page.getByText('It will be sunny in the morning and cold')).toBeVisible()
  await page.getByRole('button', { name: 'Stop' }).click()
  await expect(page.getByText('You stopped it.').first()).toBeVisible()
  await expect(page.getByText('You can take your hat.')).toHaveCount(0)
})

test('an adapter is renamed, exported, refused for another base, and deleted', async ({ page }) => {
  await page.goto(open('shelf', 'keep'))
  await openBoth(page)
  await page.getByRole('button', { name: 'Rename “pirate”' }).click()
  await page.getByLabel('Name of the adapter').fill('corsair')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: 'corsair' })).toBeVisible()
  const download = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Export' }).first().click()
  await page.getByRole('button', { name: 'Export the adapter' }).click()
  expect((await download).suggestedFilename()).toBe('a.zip')
  await page.setInputFiles('input[aria-label="Import an adapter"]', {
    name: 'other.zip',
    mimeType: 'application/zip',
    buffer: Buffer.from('PK'),
  })
  await expect(page.getByRole('alert')).toContainText('made for another model')
  await page.getByRole('button', { name: 'Delete' }).first().click()
  await expect(page.getByRole('heading', { name: 'corsair' })).toHaveCount(0)
})

test('an adapter goes out with its model as ONNX, and the page says how near it is; without its base only the adapter can', async ({ page }) => {
  await page.goto(open('shelf', 'keep'))
  await page.getByRole('button', { name: 'Export' }).first().click()
  await expect(page.getByRole('radio', { name: /ONNX/ })).toBeDisabled()
  await expect(page.getByText(/^Open .* to export a model/)).toBeVisible()
  await page.getByRole('button', { name: 'Close' }).click()
  await openBoth(page)
  await page.getByRole('button', { name: 'Export' }).first().click()
  await page.getByRole('radio', { name: /ONNX/ }).click()
  await page.getByRole('radio', { name: /fp16/ }).click()
  await withoutPicker(page)
  const download = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Export the model' }).click()
  expect((await download).suggestedFilename()).toBe('a-onnx-fp16.zip')
  await expect(page.getByText('its logits differ from the model’s own by 3e-6 of the largest')).toBeVisible()
})

test('an adapter goes out for other programs, chosen with the keyboard, and the page says that it was read back', async ({ page }) => {
  await page.goto(open('shelf', 'keep'))
  await openBoth(page)
  await page.getByRole('button', { name: 'Export' }).first().click()
  await page.getByRole('radio', { name: /PEFT adapter/ }).focus()
  await withoutPicker(page)
  for (const [form, name] of [['bundle', /Everything/], ['merged', /Whole model/], ['gguf', /GGUF/], ['mlx', /Adapter for MLX/]] as const) {
    await page.keyboard.press('ArrowDown')
    await expect(page.getByRole('radio', { name })).toBeChecked()
    const download = page.waitForEvent('download')
    await page.getByRole('button', { name: /^Export the/ }).click()
    expect((await download).suggestedFilename()).toBe(`a-${form}.zip`)
    await expect(page.getByText(`Exported as a-${form}.zip. It was read back`)).toBeVisible()
    await page.getByRole('radio', { name }).focus()
  }
})

test('the theme that was chosen is there again on the next visit', async ({ page }) => {
  await page.emulateMedia({ colorScheme: 'light' })
  await page.goto(open('empty', 'model'))
  await page.getByRole('button', { name: /engine and privacy/ }).click()
  await page.getByRole('button', { name: 'Dark theme' }).click()
  await page.reload()
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark')
})

test('no request is made once a model is loaded, whatever room is opened', async ({ page }) => {
  await page.goto(open('shelf', 'model'))
  await openBoth(page)
  for (const room of ['data', 'train', 'try', 'keep']) await page.locator(`nav a[href="#${room}"]`).click()
  await expect(page.getByText('0 requests since the model was loaded').first()).toBeVisible()
  expect(await page.evaluate(() => window.homespun.workshop.privacy.elsewhere)).toEqual([])
})
