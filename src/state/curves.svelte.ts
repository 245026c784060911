/** The losses of a run as the chart draws them. Arrays grow in place; `revision` says that they did. */

export type LossPoint = [step: number, loss: number]

export class Curves {
  readonly training: LossPoint[] = []
  readonly validation: LossPoint[] = []
  revision = $state(0)

  addTraining(step: number, loss: number) {
    this.training.push([step, loss])
    this.revision++
  }

  addValidation(step: number, loss: number) {
    this.validation.push([step, loss])
    this.revision++
  }

  /** Starts over, with what an earlier part of the same run measured. Points after `upTo` were lost with it. */
  reset(training: LossPoint[] = [], validation: LossPoint[] = [], upTo = Infinity) {
    this.training.splice(0, Infinity, ...training.filter(([step]) => step <= upTo))
    this.validation.splice(0, Infinity, ...validation.filter(([step]) => step <= upTo))
    this.revision++
  }
}
