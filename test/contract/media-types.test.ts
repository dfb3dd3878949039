import { describe, expect, it } from 'vitest'
import { preferred } from '../../src/contract/media-types.ts'

const HTML = 'text/html'
const JSON_TYPE = 'application/json'

describe('of a page and its JSON', () => {
  it.each([
    ['nobody says anything', null, HTML],
    ['anything will do', '*/*', HTML],
    ['it is JSON', 'application/json', JSON_TYPE],
    ['it is any application type', 'application/*', JSON_TYPE],
    ['it is a page', 'text/html', HTML],
    ['it is any text', 'text/*', HTML],
    ['a browser asks', 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', HTML],
    ['a library names JSON and takes anything', 'application/json, text/plain, */*', JSON_TYPE],
    ['the page weighs less', 'text/html;q=0.8, application/json', JSON_TYPE],
    ['the page weighs more', 'application/json;q=0.8, text/html;q=0.81', HTML],
    ['a thousandth decides', 'text/html;q=0.998, application/json;q=0.999', JSON_TYPE],
    ['both weigh the same', 'application/json;q=0.5, text/html;q=0.5', HTML],
    // RFC 9110, section 12.5.1: the most specific range wins, wherever it stands.
    ['the exact range says less than the wide one', '*/*, text/html;q=0.1', JSON_TYPE],
    ['the exact range says no', 'text/html;q=0, */*', JSON_TYPE],
    ['a wide range says no', 'text/*;q=0, */*;q=0.1', JSON_TYPE],
    ['names and weights are written large', 'Application/JSON;Q=1.0, TEXT/HTML;Q=0.9', JSON_TYPE],
    ['there is space around the weight', 'text/html ; q=0.1 , application/json', JSON_TYPE],
    [
      'a parameter stands before the weight',
      'text/html;level=1;q=0.1, application/json',
      JSON_TYPE,
    ],
    ['a quoted comma stands before it', 'text/html;a="b,c;q=1";q=0.1, application/json', JSON_TYPE],
    ['a weight is no number', 'text/html;q=high, application/json;q=0.1', JSON_TYPE],
    ['neither is wanted', 'image/png', HTML],
    ['both are refused', 'text/html;q=0, application/json;q=0', HTML],
    ['nothing is in it', '', HTML],
    ['it is nonsense', ',;,=;q', HTML],
  ])('%s', (_, accept, type) => {
    expect(preferred(accept, [HTML, JSON_TYPE])).toBe(type)
  })
})
