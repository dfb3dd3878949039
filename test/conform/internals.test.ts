import { describe, expect, it } from 'vitest'
import { internalsIn } from '../../scripts/conform/internals.ts'

describe('what is taken for a view of the inside', () => {
  it.each([
    ['a stack of Node', 'Error: x\\n    at Pool.query (/srv/api/db.js:12:7)'],
    ['a stack of a worker', 'at async Object.fetch (file:///w/entry.worker.js:5377:22)'],
    ['a stack of Python', 'Traceback (most recent call last):'],
    ['a stack of Java', 'at com.example.Tunnels.create(Tunnels.java:42)'],
    ['a stack of Go', 'goroutine 17 [running]:'],
    ['a module', "Cannot find module '/w/node_modules/pg/index.js'"],
    ['a file', 'ENOENT: open /etc/secrets/db.pem'],
    ['a file of Windows', JSON.stringify('C:\\inetpub\\api')],
    ['a query', 'INSERT INTO tunnels (id) VALUES ($1)'],
    ['a question', 'SELECT * FROM users WHERE id = 1'],
    ['a constraint', 'duplicate key value violates unique constraint tunnels_name_key'],
    ['a refused connection', 'connect ECONNREFUSED 10.0.3.7:5432'],
    ['an address', 'upstream 192.168.4.20:8080 did not answer'],
    ['a name of this machine', 'redis at localhost:6379 is away'],
    ['a password', 'postgres://api:hunter2@db.internal/api'],
    ['a private key', '-----BEGIN RSA PRIVATE KEY-----'],
    ['a token', 'bad token eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2ln'],
  ])('%s', (_, text) => {
    expect(internalsIn(text)).toBeTypeOf('string')
  })

  it.each([
    ['a time', 'Your quota is reset at 2026-11-24T10:20:30Z'],
    ['advice', 'Please select one from the list, or update the set'],
    ['a page of the site', 'https://example.com/app/billing/plans.html'],
    ['a path of the API', '/home/dashboard is not /etc/hosts'],
    ['an address to call', 'https://api.example.com:8443/tunnels'],
    ['a mail address', 'mailto:support@example.com'],
    ['a date and a version', 'v18.2.0 of 23.11.2026'],
  ])('and what is not: %s', (_, text) => {
    expect(internalsIn(text)).toBeUndefined()
  })

  it('the judged one’s own address is known to who asked there', () => {
    expect(internalsIn('see http://127.0.0.1:8787/docs', '127.0.0.1:8787')).toBeUndefined()
    expect(internalsIn('see http://127.0.0.1:8788/docs', '127.0.0.1:8787')).toBeTypeOf('string')
  })
})
