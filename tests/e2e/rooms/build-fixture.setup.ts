/** Before the rooms over the fixture: its page, as it is now. */
import { test } from '@playwright/test'
import { buildFixture } from '../../ui/serve.ts'

test('the page over the fixture is built', () => buildFixture())
