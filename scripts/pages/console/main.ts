import { GatewayConsole } from './console.ts'

const console = new GatewayConsole()
document.querySelector('#console')?.replaceWith(console.element)
console.start()
