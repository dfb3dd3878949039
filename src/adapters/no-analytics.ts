/** Stands in the bundle for what the limiter would count its calls with, which ours is told not to do. */
export class Analytics {
  constructor() {
    throw new TypeError('The bundle is built without analytics')
  }
}
