/** Asking base and tuned for the secrets that were planted: how far it is, and what came of each. */
import type { SecretEvent, TestedSecret } from '../service/types.ts'
import { Asking } from './asking.svelte.ts'
import type { Speaker } from './trial.svelte.ts'

export class SecretTest extends Asking<SecretEvent> {
  secrets = $state.raw<readonly TestedSecret[]>([])

  async measure({ name, strength, id }: Speaker): Promise<void> {
    await this.begin(name, async (listener) => {
      await this.engine.service.testSecrets({ adapterId: await id(), strength }, listener)
      return true
    })
  }

  protected override hear(event: SecretEvent) {
    if (event.kind === 'progress') this.share = event.share
    else this.secrets = [...this.secrets, event.secret]
  }

  protected override forget() {
    this.secrets = []
  }
}
